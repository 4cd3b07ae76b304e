package pgwire

// sessionEnded ends the connection because its session has ended by itself,
// for having been idle too long: the client is told why when the connection next
// waits for it, which is now. From any goroutine.
func (c *conn) sessionEnded(why error) {
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
