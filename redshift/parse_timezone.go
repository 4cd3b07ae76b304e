package redshift

import (
	"strconv"
	"strings"
)

// intervalZone parses the rest of SET TIME ZONE INTERVAL '+05:00' HOUR TO MINUTE:
// an offset from UTC, as the name of the zone that has it.
func (p *parser) intervalZone() (string, error) {
	t := p.tok()
	if t.kind != tokString {
		return "", p.unexpected()
	}
	p.i++
	if p.accept("hour") && p.accept("to") {
		if err := p.expect("minute"); err != nil {
			return "", err
		}
	}
	text, sign := strings.TrimPrefix(t.val, "+"), "-" // zones named Etc/GMT count the other way
	if rest, west := strings.CutPrefix(text, "-"); west {
		text, sign = rest, "+"
	}
	hours, minutes, _ := strings.Cut(text, ":")
	h, err := strconv.Atoi(hours)
	m, errMinutes := 0, error(nil)
	if minutes != "" {
		m, errMinutes = strconv.Atoi(strings.TrimSuffix(minutes, ":00"))
	}
	switch {
	case err != nil || errMinutes != nil || h < 0 || m < 0 || m > 59:
		return "", errorAt(p.src, t.pos, codeInvalidParameter, "invalid interval for a time zone: \"%s\"", t.val)
	case m != 0 || h > 12:
		return "", errorAt(p.src, t.pos, codeUnsupported, "the time zone \"%s\" is not supported as an offset; use a name, such as 'Asia/Kolkata'", t.val)
	case h == 0:
		return "UTC", nil
	}
	return "Etc/GMT" + sign + strconv.Itoa(h), nil
}
