package main

import (
	"context"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/protobuf/types/known/emptypb"
)

// cancelled opens streams one after the other and cancels each once it is answered; then one is let through.
func cancelled(ctx context.Context, client connection, given setup) (any, error) {
	var codes []string
	for range given.streams {
		streamContext, cancel := context.WithCancel(ctx)
		open, err := begin(streamContext, client)
		cancel()
		if err == nil {
			_, err = open.Recv()
		}
		codes = append(codes, codeOf(err))
	}
	return then(ctx, client, codes)
}

// then adds a stream that has to go through on the same connection.
func then(ctx context.Context, client connection, codes []string) (any, error) {
	after, err := complete(ctx, client)
	return struct {
		counts
		After string `json:"after"`
	}{count(client, codes), after.Code}, err
}

// deadline leaves streams open until the deadline that their calls carry.
func deadline(ctx context.Context, client connection, given setup) (any, error) {
	short, stop := context.WithTimeout(ctx, 500*time.Millisecond)
	defer stop()
	codes := onEach(given.streams, func(int) string {
		open, err := begin(short, client)
		if err == nil {
			_, err = open.Recv()
		}
		return codeOf(err)
	})
	return then(ctx, client, codes)
}

// unknown calls a method and a service that are not there.
func unknown(ctx context.Context, client connection, _ setup) (any, error) {
	var codes []string
	for _, path := range []string{"/envoy.service.ext_proc.v3.ExternalProcessor/Other", "/a.B/C"} {
		codes = append(codes, codeOf(client.Invoke(ctx, path, &emptypb.Empty{}, &emptypb.Empty{})))
	}
	return then(ctx, client, codes)
}

// compressed sends a message that the server has no decoder for.
func compressed(ctx context.Context, client connection, _ setup) (any, error) {
	open, err := client.Process(ctx, grpc.UseCompressor(gzip.Name))
	if err != nil {
		return nil, err
	}
	_, err = ask(open, headers(buffered))
	return then(ctx, client, []string{codeOf(err)})
}

// tooLarge sends a message past every limit while another stream of the connection is open.
func tooLarge(ctx context.Context, client connection, _ setup) (any, error) {
	beside, err := begin(ctx, client)
	if err != nil {
		return nil, err
	}
	seen := struct {
		PastBody    string `json:"pastBody"`
		PastMessage string `json:"pastMessage"`
		Beside      string `json:"beside"`
		Connections int32  `json:"connections"`
	}{}
	if seen.PastBody, err = answerTo(ctx, client, 12<<20); err != nil {
		return nil, err
	}
	if seen.PastMessage, err = answerTo(ctx, client, 32<<20); err != nil {
		return nil, err
	}
	if _, err := ask(beside, body([]byte(completion))); err != nil {
		return nil, err
	}
	seen.Beside = finish(beside)
	seen.Connections = client.dials.Load()
	return seen, nil
}

// answerTo gives the kind of the reply to a body of so many bytes, or the status that it was refused with.
func answerTo(ctx context.Context, client connection, bytes int) (string, error) {
	open, err := begin(ctx, client)
	if err != nil {
		return "", err
	}
	reply, err := ask(open, body(make([]byte, bytes)))
	if err != nil {
		return codeOf(err), nil
	}
	finish(open)
	return kindOf(reply), nil
}
