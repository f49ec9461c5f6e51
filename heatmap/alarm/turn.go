package alarm

import "time"

// take is what is to be told now: what the store may have got already, or else what
// waits; it may be nothing. ok is false if the store need not be asked.
func (s *Source) take(now time.Time, renew time.Duration) (b *batch, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	due := now.Sub(s.asked) >= renew
	switch {
	case s.replaced:
		return nil, false
	case s.writing != nil:
		return s.writing, true
	case s.stopped:
		b = s.ends()
	default:
		b = s.news()
	}
	b.time = s.time
	if len(b.sights) > 0 {
		b.number, s.writing = s.number(), b
	}
	return b, due || s.writing != nil || s.stopped
}

// news is what waits. The lock is held.
func (s *Source) news() *batch {
	b := &batch{sights: map[string][]sight{}}
	for place, l := range s.lines {
		if len(l.waiting) > 0 {
			b.sights[place], l.waiting = l.waiting, nil
		}
	}
	return b
}

// ends ends all open alarms. The lock is held.
func (s *Source) ends() *batch {
	b := s.news()
	for place, l := range s.open() {
		b.sights[place] = append(b.sights[place], goneSight(l.ahead, s.time, Stopped))
	}
	return b
}

// told takes what the store has now, after it was asked. With mine this source tells
// of the run; otherwise what waits is another's to tell, and only the newest matters.
func (s *Source) told(latest []Alarm, now time.Time, mine bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked, s.writing, s.stored = now, nil, byPlace(latest)
	for place, l := range s.lines {
		if !mine {
			l.waiting = nil
		}
		l.rebase(s.run, s.stored[place])
		if len(l.waiting) > 0 {
			s.wake()
		}
	}
}
