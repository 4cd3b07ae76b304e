package fuzz

import (
	"context"
	"strings"
	"time"
)

// minimize makes a statement shorter while it still fails, for so long at most:
// it leaves out runs of words, long ones first.
func minimize(ctx context.Context, sql string, most time.Duration, fails func(ctx context.Context, sql string) bool) string {
	end := time.Now().Add(most)
	words := token.FindAllString(sql, -1)
	for length := len(words) / 2; length > 0; length /= 2 {
		for at := 0; at+length <= len(words); {
			if time.Now().After(end) || ctx.Err() != nil {
				return strings.Join(words, "")
			}
			shorter := append(append([]string{}, words[:at]...), words[at+length:]...)
			if len(shorter) > 0 && fails(ctx, strings.Join(shorter, "")) {
				words = shorter
			} else {
				at += length
			}
		}
	}
	return strings.Join(words, "")
}
