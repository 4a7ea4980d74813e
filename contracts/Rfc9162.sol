// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Proofs of RFC 9162 Merkle trees, with SHA-256
/// @notice Tells whether a proof holds; never reverts. Roots and proofs are those of any RFC 9162 or C2SP tlog-tiles log.
/// @dev Both verifications walk the proof exactly as the RFC writes them, so that a proof of any other length is refused. spec/anchor §4.
library Rfc9162 {
    /// @notice Tells whether `leafHash` is entry `index` of the tree with `size` entries and root `rootHash`.
    /// @dev RFC 9162 §2.1.3.2. `leafHash` is SHA-256(0x00 ‖ entry).
    /// @param index zero-based position of the entry, below `size`
    /// @param leafHash hash of the entry
    /// @param size number of entries of the tree
    /// @param rootHash root of the tree
    /// @param proof the inclusion path, from the leaf upwards
    function verifyInclusion(
        uint64 index,
        bytes32 leafHash,
        uint64 size,
        bytes32 rootHash,
        bytes32[] calldata proof
    ) internal pure returns (bool) {
        if (index >= size) return false;
        uint256 fn = index;
        uint256 sn = size - 1;
        bytes32 r = leafHash;
        for (uint256 i = 0; i < proof.length; ++i) {
            if (sn == 0) return false;
            bytes32 p = proof[i];
            if (fn & 1 == 1 || fn == sn) {
                r = hashNode(p, r);
                while (fn & 1 == 0 && fn != 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                r = hashNode(r, p);
            }
            fn >>= 1;
            sn >>= 1;
        }
        return sn == 0 && r == rootHash;
    }

    /// @notice Tells whether the tree with `newerSize` entries and root `newerRoot` begins with the `olderSize` entries whose
    /// root is `olderRoot`.
    /// @dev RFC 9162 §2.1.4.2. Equal sizes, which the RFC leaves out, hold when the roots are equal and the proof is empty.
    /// A tree of no entries is a prefix of every tree and has no proof: `olderSize` 0 is refused.
    /// @param olderSize number of entries of the older tree, at least 1
    /// @param olderRoot root of the older tree
    /// @param newerSize number of entries of the newer tree, at least `olderSize`
    /// @param newerRoot root of the newer tree
    /// @param proof the consistency path
    function verifyConsistency(
        uint64 olderSize,
        bytes32 olderRoot,
        uint64 newerSize,
        bytes32 newerRoot,
        bytes32[] calldata proof
    ) internal pure returns (bool) {
        if (olderSize == 0 || olderSize > newerSize) return false;
        if (olderSize == newerSize) return proof.length == 0 && olderRoot == newerRoot;

        uint256 fn = olderSize - 1;
        uint256 sn = newerSize - 1;
        while (fn & 1 == 1) {
            fn >>= 1;
            sn >>= 1;
        }

        bytes32 fr = olderRoot;
        uint256 next = 0;
        // fn is 0 here exactly if the older size is a power of two: the path then begins with the older root, which is not sent.
        if (fn != 0) {
            if (proof.length == 0) return false;
            fr = proof[0];
            next = 1;
        }
        bytes32 sr = fr;
        for (; next < proof.length; ++next) {
            if (sn == 0) return false;
            bytes32 c = proof[next];
            if (fn & 1 == 1 || fn == sn) {
                fr = hashNode(c, fr);
                sr = hashNode(c, sr);
                while (fn & 1 == 0 && fn != 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                sr = hashNode(sr, c);
            }
            fn >>= 1;
            sn >>= 1;
        }
        return sn == 0 && fr == olderRoot && sr == newerRoot;
    }

    /// @notice Gives the hash of an inner node.
    /// @dev RFC 9162 §2.1.1: SHA-256(0x01 ‖ left ‖ right).
    function hashNode(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x01), left, right));
    }
}
