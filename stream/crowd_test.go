package stream_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gorilla/websocket"
)

// crowdVariable has the test program be nothing but many clients, so that the cost of
// a server can be told from theirs: "url protocol deflate clients frames", the last a
// sub with %d for the number of the client. What it has received since the last time
// it says for each line that it reads: bytes, and frames of rows. Clients whose sub has
// "deaf" stop reading after the first of those.
const crowdVariable = "YIPING_TEST_CROWD"

// crowd connects clients, each with its sub, says "ready" once all have been answered,
// and has them read and acknowledge until the server goes.
func crowd(what string) {
	fields := strings.SplitN(what, " ", 5)
	clients, _ := strconv.Atoi(fields[3])
	var ready sync.WaitGroup
	var received, frames atomic.Int64
	all := make([]*websocket.Conn, 0, clients)
	ready.Add(clients)
	for i := range clients {
		d := websocket.Dialer{Subprotocols: []string{fields[1]}, EnableCompression: fields[2] == "true"}
		ws, res, err := d.DialContext(context.Background(), "ws"+strings.TrimPrefix(fields[0], "http")+"/live", http.Header{})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		_ = res.Body.Close()
		all = append(all, ws)
		sub := strings.ReplaceAll(fields[4], "%d", strconv.Itoa(i))
		go listen(ws, sub, &ready, &received, &frames)
	}
	ready.Wait()
	fmt.Println("ready")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		fmt.Println(received.Swap(0), frames.Swap(0))
	}
	runtime.KeepAlive(all)
	os.Exit(0)
}

func listen(ws *websocket.Conn, sub string, ready *sync.WaitGroup, received, frames *atomic.Int64) {
	if sub != "-" {
		_ = ws.WriteMessage(websocket.TextMessage, []byte(sub))
	}
	told := false
	for {
		kind, data, err := ws.ReadMessage()
		if err != nil {
			return
		}
		if !told && (sub == "-" || !bytes.HasPrefix(data, []byte(`{"f":"hello"`))) {
			told = true
			ready.Done()
		}
		received.Add(int64(len(data)))
		if ack := acknowledgement(kind, data); ack != "" {
			frames.Add(1)
			if strings.Contains(sub, `"deaf"`) {
				return // the connection stays: crowd has it
			}
			_ = ws.WriteMessage(websocket.TextMessage, []byte(`{"f":"ack","a":[`+ack+`]}`))
		}
	}
}

// acknowledgement is what a frame of rows wants to hear. It reads no more than the head.
func acknowledgement(kind int, data []byte) string {
	if kind == websocket.BinaryMessage {
		sid, to, part := binary.LittleEndian.Uint32(data[4:]), binary.LittleEndian.Uint64(data[16:]), binary.LittleEndian.Uint16(data[36:])
		if data[2] == 1 {
			return fmt.Sprintf("[%d,%d,%d]", sid, to, part)
		}
		return fmt.Sprintf("[%d,%d]", sid, to)
	}
	number := func(name string) string {
		_, rest, _ := bytes.Cut(data[:min(len(data), 200)], []byte(`"`+name+`":`))
		end := bytes.IndexAny(rest, ",}")
		return string(rest[:max(end, 0)])
	}
	switch {
	case bytes.HasPrefix(data, []byte(`{"f":"snap"`)):
		return "[" + number("sid") + "," + number("cut") + "," + number("part") + "]"
	case bytes.HasPrefix(data, []byte(`{"f":"delta"`)):
		return "[" + number("sid") + "," + number("to") + "]"
	default:
		return ""
	}
}
