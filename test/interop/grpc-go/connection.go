package main

import (
	"context"
	"math"
	"net"
	"sync/atomic"

	extproc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	plaintext "google.golang.org/grpc/credentials/insecure"
)

// connection is one channel, with the number of TCP connections that it has opened so far.
type connection struct {
	*grpc.ClientConn
	extproc.ExternalProcessorClient
	dials *atomic.Int32
}

func connect(given setup) (connection, error) {
	dials := &atomic.Int32{}
	secure := plaintext.NewCredentials()
	if given.tls {
		secure = credentials.NewTLS(insecure())
	}
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(secure),
		grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
			dials.Add(1)
			return (&net.Dialer{}).DialContext(ctx, "tcp", address)
		}),
		grpc.WithDefaultCallOptions(
			grpc.MaxCallRecvMsgSize(math.MaxInt32), grpc.MaxCallSendMsgSize(math.MaxInt32)),
	}
	if given.authority != "" {
		options = append(options, grpc.WithAuthority(given.authority))
	}
	channel, err := grpc.NewClient("passthrough:///"+given.address, options...)
	return connection{channel, extproc.NewExternalProcessorClient(channel), dials}, err
}
