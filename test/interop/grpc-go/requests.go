package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"

	extproc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

type stream = grpc.BidiStreamingClient[extproc.ProcessingRequest, extproc.ProcessingResponse]

// codeOf names the status that an error stands for; the end of a stream is OK.
func codeOf(err error) string {
	if err == nil || errors.Is(err, io.EOF) {
		return "OK"
	}
	return status.Code(err).String()
}

// ask sends one message and waits for its reply.
func ask(open stream, message *extproc.ProcessingRequest) (*extproc.ProcessingResponse, error) {
	// A failed send says io.EOF alone; what the server answered comes from the receive.
	if err := open.Send(message); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return open.Recv()
}

// begin opens a stream and has its headers answered.
func begin(ctx context.Context, client connection) (stream, error) {
	open, err := client.Process(ctx)
	if err != nil {
		return nil, err
	}
	_, err = ask(open, headers(buffered))
	return open, err
}

// finish half-closes a stream and gives the status of its end.
func finish(open stream) string {
	if err := open.CloseSend(); err != nil {
		return codeOf(err)
	}
	for {
		if _, err := open.Recv(); err != nil {
			return codeOf(err)
		}
	}
}

// request is what one stream saw.
type request struct {
	Replies []string `json:"replies"`
	Model   string   `json:"model,omitempty"`
	Code    string   `json:"code"`
}

// complete carries one completion as Envoy does with a buffered body.
func complete(ctx context.Context, client connection) (request, error) {
	open, err := client.Process(ctx)
	if err != nil {
		return request{}, err
	}
	seen := request{Replies: []string{}}
	var last *extproc.ProcessingResponse
	for _, message := range []*extproc.ProcessingRequest{headers(buffered), body([]byte(completion))} {
		if last, err = ask(open, message); err != nil {
			seen.Code = codeOf(err)
			return seen, nil
		}
		seen.Replies = append(seen.Replies, kindOf(last))
	}
	var sentOn struct{ Model string }
	if err := json.Unmarshal(newBody(last), &sentOn); err != nil {
		return seen, err
	}
	seen.Model = sentOn.Model
	seen.Code = finish(open)
	return seen, nil
}

func process(ctx context.Context, client connection, _ setup) (any, error) {
	return complete(ctx, client)
}

// big sends bodies of 4 MiB on streams that are open side by side; each comes back with another model.
func big(ctx context.Context, client connection, given setup) (any, error) {
	start := []byte(`{"prompt":"` + strings.Repeat("serinus canaria ", 4<<20/16) + `","model":"`)
	asked := append(bytes.Clone(start), `lora-request"}`...)
	type result struct {
		Same bool   `json:"same"`
		Code string `json:"code"`
	}
	return onEach(given.streams, func(int) result {
		open, err := begin(ctx, client)
		if err != nil {
			return result{Code: codeOf(err)}
		}
		reply, err := ask(open, body(asked))
		if err != nil {
			return result{Code: codeOf(err)}
		}
		return result{bytes.HasPrefix(newBody(reply), start), finish(open)}
	}), nil
}

// metadataMode names the body mode in call metadata, among other keys of every kind.
func metadataMode(ctx context.Context, client connection, _ setup) (any, error) {
	ctx = metadata.AppendToOutgoingContext(ctx, "x-epp-body-mode", "full-duplex",
		"long", strings.Repeat("v", 6000), "bytes-bin", "\x00\xff\n", "odd", `! "#%&'(){}<>|~,;`)
	open, err := client.Process(ctx)
	if err != nil {
		return nil, err
	}
	if err := open.Send(headers(nil)); err != nil {
		return nil, err
	}
	seen := request{Replies: []string{}}
	reply, err := ask(open, body([]byte(completion)))
	for ; err == nil; reply, err = open.Recv() {
		seen.Replies = append(seen.Replies, kindOf(reply))
		if len(newBody(reply)) > 0 {
			if err := open.CloseSend(); err != nil {
				return nil, err
			}
		}
	}
	seen.Code = codeOf(err)
	return seen, nil
}
