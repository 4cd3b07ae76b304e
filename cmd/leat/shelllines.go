package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/peterh/liner"
)

// historyFile is where statements are kept from one run to the next, below the
// user's folder for such things.
const historyFile = "leat/sql_history"

// A lineEditor reads lines from a terminal, with editing and history.
type lineEditor struct {
	state *liner.State
	file  string // "": the history is not kept
}

func newLineEditor() (*lineEditor, error) {
	e := &lineEditor{state: liner.NewLiner()}
	e.state.SetCtrlCAborts(true)
	e.state.SetMultiLineMode(true)
	folder, err := os.UserCacheDir()
	if err != nil {
		return e, nil // a machine user without a home has no history
	}
	e.file = filepath.Join(folder, historyFile)
	if saved, err := os.Open(e.file); err == nil {
		defer saved.Close()
		if _, err := e.state.ReadHistory(saved); err != nil {
			e.file = "" // not ours, or damaged: leave it
		}
	}
	return e, nil
}

func (e *lineEditor) line(prompt string) (string, error) {
	line, err := e.state.Prompt(prompt)
	switch {
	case errors.Is(err, liner.ErrPromptAborted):
		return "", errAborted
	case errors.Is(err, io.EOF):
		return "", io.EOF
	}
	return line, err
}

// remember keeps a statement on one line, unless a comment would swallow what
// follows it there. A statement with a password in it is not kept.
func (e *lineEditor) remember(statement string) {
	switch {
	case strings.Contains(strings.ToLower(statement), "password"):
	case strings.Contains(statement, "--"):
		for line := range strings.Lines(statement) {
			e.state.AppendHistory(strings.TrimRight(line, "\r\n"))
		}
	default:
		e.state.AppendHistory(strings.Join(strings.Split(statement, "\n"), " "))
	}
}

// close gives the terminal back and saves the history, for its user alone.
func (e *lineEditor) close() error {
	defer e.state.Close()
	if e.file == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(e.file), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(e.file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = e.state.WriteHistory(file)
	return errors.Join(err, file.Close())
}
