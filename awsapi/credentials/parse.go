package credentials

import (
	"fmt"
	"strings"

	"leat/awsapi"
)

// The settings that are read.
const (
	accessKeyID  = "aws_access_key_id"
	secretKey    = "aws_secret_access_key"
	sessionToken = "aws_session_token"
)

// Parse returns the identities of a credentials file, in its order; there is
// at least one. file names it in errors.
func Parse(file, text string) ([]awsapi.Credential, error) {
	p := parser{file: file, lineOf: map[string]int{}}
	text = strings.TrimPrefix(text, "\ufeff") // some editors put it there
	for line := range strings.Lines(text) {
		p.line++
		if err := p.read(strings.TrimRight(line, " \t\r\n")); err != nil {
			return nil, err
		}
	}
	if err := p.endProfile(); err != nil {
		return nil, err
	}
	if len(p.found) == 0 {
		return nil, fmt.Errorf("%s has no profile with %s and %s", file, accessKeyID, secretKey)
	}
	return p.found, nil
}

type parser struct {
	file   string
	line   int
	lineOf map[string]int // of profiles and of access key ids, to find those given twice
	found  []awsapi.Credential

	open     bool   // a profile has begun
	profile  string // its name
	begun    int    // its line
	settings map[string]string
	last     string // the setting that lines indented deeper than it belong to
	indent   int    // how deep last is indented
}

func (p *parser) read(line string) error {
	content := strings.TrimLeft(line, " \t")
	switch indent := len(line) - len(content); {
	case content == "", content[0] == '#', content[0] == ';':
		return nil
	case content[0] == '[':
		return p.beginProfile(content)
	case indent > p.indent && p.last != "":
		return p.readBelow()
	default:
		p.indent = indent
	}
	return p.readSetting(content)
}

// readSetting reads name = value.
func (p *parser) readSetting(content string) error {
	name, value, ok := strings.Cut(content, "=")
	name = strings.ToLower(strings.TrimSpace(name))
	switch {
	case !ok || name == "":
		// The line is not shown: it may be a secret.
		return p.errorf("is neither [profile] nor name = value")
	case !p.open:
		return p.errorf("sets %s before any [profile]", name)
	}
	if _, twice := p.settings[name]; twice {
		return p.errorf("sets %s of profile %s again", name, p.profile)
	}
	p.settings[name] = strings.TrimSpace(withoutComment(value))
	p.last = name
	return nil
}

// readBelow takes an indented line, which belongs to the setting above it: to
// none of those that are read here.
func (p *parser) readBelow() error {
	switch p.last {
	case accessKeyID, secretKey, sessionToken:
		return p.errorf("goes on with %s of profile %s: write its value in one line, and indent no setting deeper than the one above it", p.last, p.profile)
	}
	return nil
}

func (p *parser) beginProfile(head string) error {
	if err := p.endProfile(); err != nil {
		return err
	}
	name, rest, ok := strings.Cut(head[1:], "]")
	name = strings.TrimSpace(name)
	if rest = strings.TrimSpace(rest); !ok || name == "" || rest != "" && rest[0] != '#' && rest[0] != ';' {
		return p.errorf("is not the head of a profile, such as [default]")
	}
	if kind, of, several := strings.Cut(name, " "); several {
		if kind == "profile" {
			return p.errorf("begins [%s]: in a credentials file, write [%s]", name, strings.TrimSpace(of))
		}
		return p.errorf("begins [%s], which is no profile: it belongs into a configuration file", name)
	}
	if first, twice := p.lineOf["profile "+name]; twice {
		return p.errorf("begins profile %s again, after line %d", name, first)
	}
	p.lineOf["profile "+name] = p.line
	p.open, p.profile, p.begun, p.settings, p.last = true, name, p.line, map[string]string{}, ""
	return nil
}

// endProfile makes an identity of the profile that was read. One without keys
// is a client's business: it may assume a role, or only set a region.
func (p *parser) endProfile() error {
	id, secret := p.settings[accessKeyID], p.settings[secretKey]
	_, hasID := p.settings[accessKeyID]
	_, hasSecret := p.settings[secretKey]
	_, hasToken := p.settings[sessionToken]
	switch {
	case !hasID && !hasSecret && !hasToken:
		return nil
	case id == "":
		return p.profileErrorf("has no %s", accessKeyID)
	case secret == "":
		return p.profileErrorf("has no %s", secretKey)
	}
	if first, twice := p.lineOf["key "+id]; twice {
		return p.profileErrorf("has the same %s as the profile of line %d", accessKeyID, first)
	}
	p.lineOf["key "+id] = p.begun
	p.found = append(p.found, awsapi.Credential{
		Identity: p.profile, AccessKeyID: id, Secret: secret, SessionToken: p.settings[sessionToken],
	})
	return nil
}

// withoutComment cuts a value at a # or ; that follows white space. Elsewhere
// they are part of the value.
func withoutComment(value string) string {
	for i := 1; i < len(value); i++ {
		if (value[i] == '#' || value[i] == ';') && (value[i-1] == ' ' || value[i-1] == '\t') {
			return value[:i]
		}
	}
	return value
}

func (p *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("%s: line %d %s", p.file, p.line, fmt.Sprintf(format, args...))
}

func (p *parser) profileErrorf(format string, args ...any) error {
	return fmt.Errorf("%s: profile %s of line %d %s", p.file, p.profile, p.begun, fmt.Sprintf(format, args...))
}
