package main

import (
	"context"
	"sync"
)

// onEach runs work for each of count streams side by side and gives the results in order.
func onEach[T any](count int, work func(at int) T) []T {
	results := make([]T, count)
	var group sync.WaitGroup
	for at := range count {
		group.Go(func() { results[at] = work(at) })
	}
	group.Wait()
	return results
}

// counts tells how many streams ended with each status, and how many connections it took.
type counts struct {
	Codes       map[string]int `json:"codes"`
	Connections int32          `json:"connections"`
}

func count(client connection, codes []string) counts {
	seen := counts{map[string]int{}, client.dials.Load()}
	for _, code := range codes {
		seen.Codes[code]++
	}
	return seen
}

// concurrent holds all streams open, each answered once, before the first of them goes on.
func concurrent(ctx context.Context, client connection, given setup) (any, error) {
	var allOpen sync.WaitGroup
	allOpen.Add(given.streams)
	codes := onEach(given.streams, func(int) string {
		open, err := begin(ctx, client)
		allOpen.Done()
		if err != nil {
			return codeOf(err)
		}
		allOpen.Wait()
		if _, err := ask(open, body([]byte(completion))); err != nil {
			return codeOf(err)
		}
		return finish(open)
	})
	return count(client, codes), nil
}
