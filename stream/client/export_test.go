package client

// Apply takes frames in as if a server had sent them to the subscription, for
// fuzzing, and returns the last error.
func Apply(s *Subscription, frames []*Frame) (err error) {
	for _, f := range frames {
		if f.F == "ok" && f.SID != nil {
			s.begin(f)
		} else if _, fault := s.apply(f); fault != nil {
			err = fault
		}
	}
	return err
}
