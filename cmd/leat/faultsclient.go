package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"syscall"

	"leat/awsapi/faults"
)

// A faultsClient talks to the administration of faults of one server. All its
// calls return the faults that there are then.
type faultsClient struct{ address string }

func (c faultsClient) list(ctx context.Context) ([]faults.Status, error) {
	return c.call(ctx, http.MethodGet, "", nil)
}

func (c faultsClient) put(ctx context.Context, rule faults.Rule) ([]faults.Status, error) {
	text, err := json.Marshal(rule)
	if err != nil {
		return nil, err
	}
	return c.call(ctx, http.MethodPut, rule.Name, text)
}

func (c faultsClient) replace(ctx context.Context, rules []byte) ([]faults.Status, error) {
	return c.call(ctx, http.MethodPut, "", rules)
}

// clear ends one fault, or all when name is empty.
func (c faultsClient) clear(ctx context.Context, name string) ([]faults.Status, error) {
	return c.call(ctx, http.MethodDelete, name, nil)
}

func (c faultsClient) call(ctx context.Context, method, name string, body []byte) ([]faults.Status, error) {
	target := "http://" + c.address + "/admin/faults"
	if name != "" {
		target += "/" + url.PathEscape(name)
	}
	r, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("--address: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return nil, fmt.Errorf("no server answers at %s: start one with leat serve --faults, or give another with --address", c.address)
	}
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Rules []faults.Status
		Error string
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, fmt.Errorf("%s answers %s: is it the HTTP address of a Leat server?", c.address, response.Status)
	}
	if answer.Error != "" {
		return nil, errors.New(answer.Error)
	}
	return answer.Rules, nil
}
