package e2e

import "testing"

// TestTheJavaScriptSDKWorks runs programs with the AWS SDK for JavaScript 3.
func TestTheJavaScriptSDKWorks(t *testing.T) {
	t.Parallel()
	p := serve(t, t.TempDir())
	for _, script := range []string{"putget.js", "pages.js", "errors.js", "subscribe.js"} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			p.succeeds(t, node(t, script))
		})
	}
}
