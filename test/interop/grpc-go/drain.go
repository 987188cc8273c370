package main

import (
	"context"
	"fmt"
	"os"

	"google.golang.org/grpc/connectivity"
)

// drain holds streams open, says so, and waits for the GOAWAY, which takes the channel out of READY; then it
// brings the streams to their end.
func drain(ctx context.Context, client connection, given setup) (any, error) {
	opened := onEach(given.streams, func(int) stream {
		open, err := begin(ctx, client)
		if err != nil {
			return nil
		}
		return open
	})
	fmt.Fprintln(os.Stderr, "open")
	client.WaitForStateChange(ctx, connectivity.Ready)
	codes := onEach(given.streams, func(at int) string {
		if opened[at] == nil {
			return "not opened"
		}
		if _, err := ask(opened[at], body([]byte(completion))); err != nil {
			return codeOf(err)
		}
		return finish(opened[at])
	})
	return count(client, codes), nil
}
