package client_test

import (
	"encoding/json"
	"strings"
	"testing"

	"yiping/stream/client"
)

// Whatever a server sends, a subscription keeps rows by their keys, and never goes
// back while nothing is reset.
func FuzzFrames(f *testing.F) {
	for _, frames := range []string{
		ok + "\n" + snap(1, 2, `{"k":"a","ver":1}`) + "\n" + snap(2, 2, `{"k":"b","lon":121.5}`) + "\n" + delta(12, 15, 1, 1, `"up":[{"k":"a","ver":2}],"leave":["b"],"del":[]`),
		ok + "\n" + `{"f":"reset","sid":4,"epoch":"e2","why":"lod"}` + "\n" + snap(1, 1, ``) + "\n" + `{"f":"mark","sid":4,"epoch":"e2","seq":99,"token":"T"}`,
		`{"f":"event","prev":1,"seq":2,"id":"F/1","body":{}}` + "\n" + `{"f":"err","code":4008}` + "\n" + `{"f":"tiles","from":1,"to":2,"tiles":[[1,2,3]],"all":true}`,
	} {
		f.Add(frames)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var frames []*client.Frame
		for line := range strings.Lines(text) {
			var frame client.Frame
			if json.Unmarshal([]byte(line), &frame) == nil {
				frames = append(frames, &frame)
			}
		}
		s := client.NewSubscription(client.Query{})
		for i := range frames {
			before := s.At()
			_ = client.Apply(s, frames[i:i+1]) // any fault is one to be told
			if kind := frames[i].F; kind != "ok" && kind != "snap" && kind != "tiles" && kind != "event" && s.At() < before {
				t.Fatalf("%s goes back from %d to %d", kind, before, s.At())
			}
			for k, r := range s.Rows() {
				if r.Key != k || !json.Valid(r.Raw) {
					t.Fatalf("row %q is %+v", k, r)
				}
			}
		}
	})
}
