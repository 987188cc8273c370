// Plays scenarios as a client of grpc-go and prints what it saw as one JSON object.
//
//	serin-grpc-go [-tls] [-authority NAME] [-streams N] ADDRESS SCENARIO
//
// The messages are those of Envoy's own Go module, so that no line of the project's protos or codecs is shared.
package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"
)

// wait bounds each scenario, so that a server that hangs fails a test and does not stall it.
const wait = 60 * time.Second

// setup is what the command line says.
type setup struct {
	address   string
	tls       bool
	authority string
	streams   int
}

// insecure takes any certificate: the server makes its own at each start.
func insecure() *tls.Config {
	return &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}}
}

// scenario plays on a channel that is not connected yet, and gives what it saw.
type scenario = func(context.Context, connection, setup) (any, error)

var scenarios = map[string]scenario{
	"process":    process,
	"concurrent": concurrent,
	"big":        big,
	"metadata":   metadataMode,
	"cancel":     cancelled,
	"deadline":   deadline,
	"timeout":    timeout,
	"unknown":    unknown,
	"gzip":       compressed,
	"too-large":  tooLarge,
	"drain":      drain,
}

func main() {
	var given setup
	flag.BoolVar(&given.tls, "tls", false, "connect over TLS, and take any certificate")
	flag.StringVar(&given.authority, "authority", "", "the :authority of each call")
	flag.IntVar(&given.streams, "streams", 1, "how many streams the scenario opens")
	flag.Parse()
	given.address = flag.Arg(0)
	if err := run(given, flag.Arg(1)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(given setup, name string) error {
	play, known := scenarios[name]
	if !known {
		return fmt.Errorf("no scenario %q", name)
	}
	client, err := connect(given)
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(context.Background(), wait)
	defer stop()
	seen, err := play(ctx, client, given)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(seen)
}
