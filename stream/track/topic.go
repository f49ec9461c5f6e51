package track

import (
	"context"
	"errors"

	"yiping/geo"
)

// ReadTopic takes reports that came under the key of one object, one or an array of
// them, as ReadDocument does. Those of others are malformed: who may speak for one
// object does not speak for all. What is no JSON counts as malformed too, for nobody is
// there to be told.
func (t *Tracker) ReadTopic(ctx context.Context, key string, data []byte, datum geo.Datum) (Outcome, error) {
	out, err := t.counted(t.d.ReadDocument(data, datum, func(reports []Report) (Outcome, error) {
		var out Outcome
		own := reports[:0]
		for _, r := range reports {
			if r.Key == key {
				own = append(own, r)
			} else {
				out.reject(Rejection{Line: r.At, Reason: memberKey + ": is not that of the topic", Rule: RuleMalformed})
			}
		}
		taken, err := t.Report(ctx, own)
		out.Add(taken)
		return out, err
	}))
	if _, ok := errors.AsType[*SyntaxError](err); ok {
		t.malformed(1)
	}
	return out, err
}
