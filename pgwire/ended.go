package pgwire

// endBecause ends the connection for a reason of its own: its session has been idle
// too long, or others want to start. The client is told why when the connection
// next waits for it, which is now. From any goroutine.
func (c *conn) endBecause(why error) {
	c.mu.Lock()
	if c.ended == nil {
		c.ended = why
	}
	c.mu.Unlock()
	c.stopReading()
}

// whyStopping is what the client is told when reading has been stopped.
func (c *conn) whyStopping() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended != nil {
		return c.ended
	}
	return errStopping
}
