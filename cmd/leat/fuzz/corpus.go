package fuzz

import (
	_ "embed"
	"os"
	"regexp"
	"strings"
)

//go:embed seeds.sql
var seeds string

// corpus reads the built-in statements and those of files.
func corpus(files []string) ([]string, error) {
	texts := []string{seeds}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		texts = append(texts, string(text))
	}
	var all []string
	for _, text := range texts {
		for block := range strings.SplitSeq(text, "\n\n") {
			sql, _, _ := strings.Cut(block, "\n----")
			if sql = strings.TrimSpace(sql); sql != "" && !strings.HasPrefix(sql, "#") {
				all = append(all, sql)
			}
		}
	}
	return all, nil
}

var token = regexp.MustCompile(`'(?:[^'\\]|\\.|'')*'|"[^"]*"|[\pL\pN_]+|\s+|.`)

// spoil changes a few words of a statement, or bytes.
func (g *grammar) spoil(sql string, others []string) string {
	words := token.FindAllString(sql, -1)
	for range 1 + g.IntN(3) {
		if len(words) == 0 {
			break
		}
		at := g.IntN(len(words))
		switch g.IntN(7) {
		case 0:
			words = append(words[:at:at], words[at+1:]...)
		case 1:
			words[at] = pick(g.dice, words)
		case 2:
			words[at] = pick(g.dice, token.FindAllString(pick(g.dice, others), -1))
		case 3:
			words[at] = g.of(g.kind(), 1)
		case 4:
			words[at] = strings.Repeat(words[at]+" ", 2+g.IntN(50))
		case 5:
			end := min(at+1+g.IntN(8), len(words))
			words = append(words[:end:end], words[at:]...)
		case 6:
			words[at] = string(g.mutate([]byte(words[at])))
		}
	}
	return strings.Join(words, "")
}

// unfit are words that would change how a session is watched.
var unfit = regexp.MustCompile(`(?i)statement_timeout|\breset\b|\bdiscard\b|v_(live|super|cast|text|path)\b.*\bdrop\b|\bdrop\b.*v_(live|super|cast|text|path)\b|\bdrop\b.*\bstreams\b|fz_t\b.*\b(drop|truncate)\b|\b(drop|truncate)\b.*fz_t\b|auto\s+refresh|drop\s+(user|schema|materialized)`)

// next is the statement of a number.
func (g *grammar) next(known []string) string {
	for {
		sql := ""
		switch {
		case g.oneIn(3):
			sql = g.spoil(pick(g.dice, known), known)
		default:
			sql = g.statement()
		}
		if !unfit.MatchString(sql) {
			return strings.ReplaceAll(sql, "\x00", "")
		}
	}
}
