package stream

import (
	"encoding/json"
	"time"
)

// answer is a sink that gathers what a request has asked for.
type answer struct {
	epoch, lod, token string
	cut               uint64
	rows              []json.RawMessage
	// from and to are the ends of the deltas, told that there was one.
	from, to       uint64
	told           bool
	up, leave, del []json.RawMessage
	events         []eventTwin
	// reset says why a token does not serve, fault why a subscription has ended.
	reset string
	fault *RequestError
}

// eventTwin is an event outside its chain.
type eventTwin struct {
	Seq  uint64          `json:"seq"`
	ID   string          `json:"id"`
	T    int64           `json:"t"`
	TR   int64           `json:"tr"`
	Kind string          `json:"kind"`
	Key  string          `json:"key"`
	Ver  int64           `json:"ver"`
	In   bool            `json:"in"`
	Body json.RawMessage `json:"body"`
}

func (a *answer) take(frame []byte) error {
	var f struct {
		F     string            `json:"f"`
		Epoch string            `json:"epoch"`
		Cut   uint64            `json:"cut"`
		LOD   string            `json:"lod"`
		Rows  []json.RawMessage `json:"rows"`
		Seq   uint64            `json:"seq"`
		From  uint64            `json:"from"`
		To    uint64            `json:"to"`
		Up    []json.RawMessage `json:"up"`
		Leave []json.RawMessage `json:"leave"`
		Del   []json.RawMessage `json:"del"`
		Token string            `json:"token"`
		Why   json.RawMessage   `json:"why"`  // a text, but of mark
		Code  json.RawMessage   `json:"code"` // a text, but of bye
		Msg   string            `json:"msg"`
		Retry int64             `json:"retry_ms"`
	}
	if err := json.Unmarshal(frame, &f); err != nil {
		return err
	}
	switch f.F {
	case "ok":
		a.epoch, a.from, a.to = f.Epoch, f.Seq, f.Seq
	case "snap":
		a.epoch, a.cut, a.lod, a.rows = f.Epoch, f.Cut, f.LOD, append(a.rows, f.Rows...)
	case "delta":
		if !a.told {
			a.told, a.from = true, f.From
		}
		a.to = f.To
		a.up, a.leave, a.del = append(a.up, f.Up...), append(a.leave, f.Leave...), append(a.del, f.Del...)
	case "event":
		var e eventTwin
		if err := json.Unmarshal(frame, &e); err != nil {
			return err
		}
		a.events = append(a.events, e)
	case "mark":
		a.token = f.Token
	case "reset":
		a.rows = nil
		return json.Unmarshal(f.Why, &a.reset)
	case "err":
		a.fault = &RequestError{Msg: f.Msg, Retry: time.Duration(f.Retry) * time.Millisecond}
		return json.Unmarshal(f.Code, &a.fault.Code)
	}
	return nil
}

// stop has nothing to do: take never waits.
func (*answer) stop() {}
