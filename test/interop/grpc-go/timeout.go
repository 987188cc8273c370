package main

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"

	"golang.org/x/net/http2"
)

// timeout sends a grpc-timeout and nothing more. A gRPC client would end the call by itself at that time, so
// this speaks plain HTTP/2 and waits for the status that the server ends it with.
func timeout(ctx context.Context, _ connection, given setup) (any, error) {
	scheme := "http://"
	transport := &http2.Transport{TLSClientConfig: insecure()}
	if given.tls {
		scheme = "https://"
	} else {
		transport.AllowHTTP = true
		transport.DialTLSContext = func(
			ctx context.Context, network, address string, _ *tls.Config,
		) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}
	}
	reader, writer := io.Pipe()
	defer writer.Close()
	path := "/envoy.service.ext_proc.v3.ExternalProcessor/Process"
	call, err := http.NewRequestWithContext(ctx, http.MethodPost, scheme+given.address+path, reader)
	if err != nil {
		return nil, err
	}
	call.Header.Set("content-type", "application/grpc")
	call.Header.Set("te", "trailers")
	call.Header.Set("grpc-timeout", "300m")
	answer, err := transport.RoundTrip(call)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return nil, err
	}
	// A status without a message before it comes in the headers alone.
	grpcStatus := answer.Trailer.Get("grpc-status") + answer.Header.Get("grpc-status")
	return map[string]any{"status": answer.StatusCode, "grpcStatus": grpcStatus}, nil
}
