package bench

import (
	"context"

	"yiping/stream/client"
)

// SlowClients measures CommitToFrame beside n clients of the same area that
// subscribe and then read nothing, and what memory of the server each of them
// takes. The first result is how it is without them.
func (l *Live) SlowClients(ctx context.Context, a Area, to Toucher, n int) ([]LiveResult, error) {
	quiet, err := l.CommitToFrame(ctx, a, to)
	if err != nil {
		return nil, err
	}
	quiet.Case = "slow_client_without"
	before, err := l.HTTP.Usage(ctx)
	if err != nil {
		return nil, err
	}
	for range n {
		conn, err := client.Dial(ctx, l.URL, client.Config{})
		if err != nil {
			return nil, err
		}
		defer conn.Close()
		if err := conn.Subscribe(l.subscription(a.BBox)); err != nil {
			return nil, err
		}
	}
	slow, err := l.CommitToFrame(ctx, a, to)
	if err != nil {
		return nil, err
	}
	slow.Case = "slow_client"
	after, err := l.HTTP.Usage(ctx)
	if err != nil {
		return nil, err
	}
	each := (after.Resident - before.Resident) / int64(max(n, 1))
	slow.Bytes = &each
	return []LiveResult{quiet, slow}, nil
}
