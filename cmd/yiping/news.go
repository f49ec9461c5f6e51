package main

import "sync"

// news wakes all who wait for something to happen.
type news struct {
	mu   sync.Mutex
	next chan struct{}
}

// wait is closed with what happens next. Who looks for something takes it before
// looking: then nothing is missed.
func (n *news) wait() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.next == nil {
		n.next = make(chan struct{})
	}
	return n.next
}

// tell wakes those who wait.
func (n *news) tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.next != nil {
		close(n.next)
		n.next = nil
	}
}
