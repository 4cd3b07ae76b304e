package fuzz

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"leat/duck"
	"leat/server"
)

// checkLake looks for every record in the Parquet objects of a delivery stream
// or under its error prefix, and at the values.
func (c *campaign) checkLake(ctx context.Context, name string) error {
	folder := filepath.Join(server.Folder(c.server.Data()).Buckets(), bucket)
	failed, err := c.failures(filepath.Join(folder, name+"-errors"))
	if err != nil {
		return err
	}
	db, err := duck.Open(duck.Config{Folders: []string{folder}})
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Connect()
	if err != nil {
		return err
	}
	defer conn.Close()
	keys, claimed := c.claims()
	rows, numbers := 0, map[string]int{}
	err = eachFile(filepath.Join(folder, name), func(path string) error {
		n, err := c.parquet(ctx, conn, name, path, numbers, claimed)
		rows += n
		if err != nil {
			c.find(finding{Kind: "object of " + name, What: err.Error(), Want: "Parquet that can be read, text in UTF-8", Where: path})
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.put.mu.Lock()
	sent, unsure := len(c.put.sent), len(c.put.unsure)
	c.put.mu.Unlock()
	if total := rows + len(failed); total < sent || total > sent+unsure {
		c.find(finding{Kind: "objects of " + name, What: fmt.Sprintf("%d rows and %d failures", rows, len(failed)), Want: fmt.Sprintf("%d records", sent)})
	}
	for _, key := range keys {
		d := c.put.of(key)
		r := read(d)
		n, ok := r.number("_n")
		if !ok || "r"+n.String() != key || claimed[n.String()] != 1 || r.depth >= 500 || !r.whole {
			continue
		}
		if reason, bad := failed[key]; bad {
			c.find(finding{Kind: "failures of " + name, Alike: name + alike(reason), What: reason, Want: "valid JSON objects are rows", Where: key, Record: string(d)})
		} else if numbers[n.String()] != 1 {
			c.find(finding{Kind: "objects of " + name, Alike: name + " not once", What: fmt.Sprintf("a record is there %d times", numbers[n.String()]), Want: "once", Where: key, Record: string(d)})
		}
	}
	return nil
}

// claims are the keys that were acknowledged, and how many documents say that a
// number is theirs: a spoilt one may say another's.
func (c *campaign) claims() (keys []string, claimed map[string]int) {
	c.put.mu.Lock()
	for key := range c.put.sent {
		keys = append(keys, key)
	}
	c.put.mu.Unlock()
	claimed = map[string]int{}
	for _, key := range keys {
		r := read(c.put.of(key))
		if n, ok := r.members["_n"].(json.Number); ok {
			claimed[n.String()] += r.times["_n"] // more than 1 when it is there twice, or written otherwise
			if key != "r"+n.String() {
				claimed[n.String()]++ // whose it is may not have been put
			}
		}
	}
	return keys, claimed
}

// parquet reads one object: its rows, counted by the records' numbers.
func (c *campaign) parquet(ctx context.Context, conn *duck.Conn, name, path string, numbers, claimed map[string]int) (int, error) {
	file := "read_parquet(" + duck.Literal(path) + ")"
	described, err := conn.Query(ctx, "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM "+file+")")
	if err != nil {
		return 0, err
	}
	types := map[string]string{}
	for described.Next() {
		types[described.Values()[0].(string)] = described.Values()[1].(string)
	}
	if err := described.Close(); err != nil {
		return 0, err
	}
	list := []string{"1 AS one"}
	order := []string{""}
	for column := range types {
		list = append(list, duck.Identifier(column)+"::VARCHAR")
		order = append(order, column)
	}
	rows, err := conn.Query(ctx, "SELECT "+strings.Join(list, ", ")+" FROM "+file)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	count := 0
	for rows.Next() {
		count++
		values := map[string]string{}
		for i, value := range rows.Values()[1:] {
			if text, ok := value.(string); ok {
				values[order[i+1]] = text
				if !utf8.ValidString(text) {
					return count, fmt.Errorf("column %s: %.100q", order[i+1], text)
				}
			}
		}
		numbers[values["_n"]]++
		if claimed[values["_n"]] == 1 {
			c.compareLake(name, values, types)
		}
	}
	return count, rows.Err()
}

// compareLake compares a row of the lake with what Go reads.
func (c *campaign) compareLake(name string, values, types map[string]string) {
	number, err := strconv.ParseUint(values["_n"], 10, 64)
	if err != nil {
		return
	}
	d := document(c.Seed, number)
	r := read(d)
	if own, ok := r.number("_n"); !ok || own.String() != values["_n"] {
		return
	}
	c.add(func(r *Report) { r.Compared += 3 })
	wrong := func(column, got, want string) {
		c.find(finding{Kind: name + "." + column + " " + types[column], Alike: name + column + types[column], What: strconv.Quote(got), Want: want, Where: fmt.Sprintf("r%d", number), Record: string(d)})
	}
	if n, ok := r.number("n"); ok && types["n"] != "" && !sameNumber(values["n"], n.String()) {
		wrong("n", values["n"], n.String())
	}
	if t, ok := r.text("t"); ok && types["t"] != "" {
		if got := values["t"]; got != t {
			wrong("t", got, strconv.Quote(t))
		}
		if got, there := values["t3"]; there && got != cutText(t, 3) && name == "queried" {
			wrong("t3", got, strconv.Quote(cutText(t, 3)))
		}
	}
}

// failures are the records under an error prefix, by key, with the reasons.
func (c *campaign) failures(folder string) (map[string]string, error) {
	failed := map[string]string{}
	return failed, eachFile(folder, func(path string) error {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !utf8.Valid(text) {
			c.find(finding{Kind: notUTF8, What: path, Want: "UTF-8 in the objects of failures"})
		}
		lines := bufio.NewScanner(strings.NewReader(string(text)))
		lines.Buffer(nil, 8<<20)
		for lines.Scan() {
			var f struct {
				PartitionKey     string `json:"partitionKey"`
				RawData          []byte `json:"rawData"`
				LastErrorMessage string `json:"lastErrorMessage"`
				ErrorMessage     string `json:"errorMessage"`
			}
			if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			if _, twice := failed[f.PartitionKey]; twice {
				c.find(finding{Kind: "failures", Alike: "failures twice", What: "a record is there twice", Want: "once", Where: f.PartitionKey})
			}
			if string(f.RawData) != string(c.put.of(f.PartitionKey)) {
				c.find(finding{Kind: "failures", Alike: "failures other", What: "another text: " + strconv.Quote(string(f.RawData)), Want: "the record", Where: f.PartitionKey, Record: string(c.put.of(f.PartitionKey))})
			}
			failed[f.PartitionKey] = f.LastErrorMessage + f.ErrorMessage
		}
		return lines.Err()
	})
}

func eachFile(folder string, f func(path string) error) error {
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return f(path)
	})
	if os.IsNotExist(err) {
		return nil
	}
	return err
}
