// SPDX-License-Identifier: Apache-2.0

// Reads a published log over HTTP with two clients that this project did not write, and prints what they make of it as JSON:
//
//	go run . <url> <verifier key> <origin> <index>,<index>,…
//
// torchwood (with x/mod/sumdb/tlog) reads and verifies every entry and proves some; Tessera's client opens the checkpoint, makes proofs
// from tiles and reads bundles. Whatever does not verify ends the program.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	"filippo.io/torchwood"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type report struct {
	Size      int64             `json:"size"`
	RootHash  []byte            `json:"rootHash"`
	Entries   int64             `json:"entries"`
	Digest    string            `json:"digest"`
	Inclusion map[string][]hash `json:"inclusion"`
	// From the size of each index plus one to that of the tree.
	Consistency map[string][]hash `json:"consistency"`
}

type hash = []byte

func main() {
	made, err := read(context.Background(), os.Args[1], os.Args[2], os.Args[3], os.Args[4])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(made)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(ctx context.Context, base, vkey, origin, list string) (*report, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, err
	}
	root, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	fetcher, err := client.NewHTTPFetcher(root, nil)
	if err != nil {
		return nil, err
	}
	checkpoint, _, _, err := client.FetchCheckpoint(ctx, fetcher.ReadCheckpoint, verifier, origin)
	if err != nil {
		return nil, err
	}
	made := &report{
		Size:        int64(checkpoint.Size),
		RootHash:    checkpoint.Hash,
		Inclusion:   map[string][]hash{},
		Consistency: map[string][]hash{},
	}
	tree := tlog.Tree{N: made.Size, Hash: tlog.Hash(checkpoint.Hash)}
	tiles, err := torchwood.NewTileFetcher(base)
	if err != nil {
		return nil, err
	}
	reader, err := torchwood.NewClient(tiles)
	if err != nil {
		return nil, err
	}
	digest := sha256.New()
	for _, entry := range reader.AllEntries(ctx, tree, 0) {
		made.Entries++
		fmt.Fprintf(digest, "%d\n", len(entry))
		digest.Write(entry)
	}
	if err := reader.Err(); err != nil {
		return nil, err
	}
	made.Digest = hex.EncodeToString(digest.Sum(nil))
	builder, err := client.NewProofBuilder(ctx, checkpoint.Size, fetcher.ReadTile)
	if err != nil {
		return nil, err
	}
	for _, word := range strings.Split(list, ",") {
		index, err := strconv.ParseUint(word, 10, 63)
		if err != nil {
			return nil, err
		}
		if made.Inclusion[word], err = inclusion(ctx, reader, builder, fetcher, tree, index); err != nil {
			return nil, fmt.Errorf("entry %d: %w", index, err)
		}
		if made.Consistency[word], err = builder.ConsistencyProof(ctx, index+1, checkpoint.Size); err != nil {
			return nil, fmt.Errorf("size %d: %w", index+1, err)
		}
	}
	return made, nil
}

// inclusion proves an entry with both clients, which must agree.
func inclusion(ctx context.Context, reader *torchwood.Client, builder *client.ProofBuilder, fetcher *client.HTTPFetcher, tree tlog.Tree, index uint64) ([]hash, error) {
	entry, theirs, err := reader.Entry(ctx, tree, int64(index))
	if err != nil {
		return nil, err
	}
	bundle, err := client.GetEntryBundle(ctx, fetcher.ReadEntryBundle, index/256, uint64(tree.N))
	if err != nil {
		return nil, err
	}
	if string(bundle.Entries[index%256]) != string(entry) {
		return nil, fmt.Errorf("the clients read different entries")
	}
	hashes, err := builder.InclusionProof(ctx, index)
	if err != nil {
		return nil, err
	}
	if len(hashes) != len(theirs) {
		return nil, fmt.Errorf("the clients prove it with %d and %d hashes", len(hashes), len(theirs))
	}
	for i, one := range theirs {
		if string(one[:]) != string(hashes[i]) {
			return nil, fmt.Errorf("the clients prove it differently")
		}
	}
	leaf := rfc6962.DefaultHasher.HashLeaf(entry)
	return hashes, proof.VerifyInclusion(rfc6962.DefaultHasher, index, uint64(tree.N), leaf, hashes, tree.Hash[:])
}
