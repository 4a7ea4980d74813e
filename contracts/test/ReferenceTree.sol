// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice RFC 9162 trees written down as the RFC defines them, by recursion over the whole tree: the oracle of the tests.
library ReferenceTree {
    /// @dev MTH, §2.1.1, of `leaves[from..from+size)`.
    function root(
        bytes32[] memory leaves,
        uint256 from,
        uint256 size
    ) internal pure returns (bytes32) {
        if (size == 1) return leaves[from];
        uint256 k = split(size);
        return node(root(leaves, from, k), root(leaves, from + k, size - k));
    }

    /// @dev PATH, §2.1.3.1.
    function inclusion(
        bytes32[] memory leaves,
        uint256 index,
        uint256 size
    ) internal pure returns (bytes32[] memory) {
        return _path(leaves, index, 0, size);
    }

    /// @dev PROOF, §2.1.4.1.
    function consistency(
        bytes32[] memory leaves,
        uint256 olderSize,
        uint256 newerSize
    ) internal pure returns (bytes32[] memory) {
        return _subproof(leaves, olderSize, 0, newerSize, true);
    }

    function node(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return sha256(bytes.concat(hex"01", left, right));
    }

    /// @dev The largest power of two below `size`.
    function split(uint256 size) internal pure returns (uint256 k) {
        k = 1;
        while (2 * k < size) k *= 2;
    }

    function _path(
        bytes32[] memory leaves,
        uint256 index,
        uint256 from,
        uint256 size
    ) private pure returns (bytes32[] memory) {
        if (size == 1) return new bytes32[](0);
        uint256 k = split(size);
        return
            index < k
                ? _push(_path(leaves, index, from, k), root(leaves, from + k, size - k))
                : _push(_path(leaves, index - k, from + k, size - k), root(leaves, from, k));
    }

    function _subproof(
        bytes32[] memory leaves,
        uint256 m,
        uint256 from,
        uint256 size,
        bool whole
    ) private pure returns (bytes32[] memory) {
        if (m == size) {
            bytes32[] memory none = new bytes32[](0);
            return whole ? none : _push(none, root(leaves, from, size));
        }
        uint256 k = split(size);
        return
            m <= k
                ? _push(_subproof(leaves, m, from, k, whole), root(leaves, from + k, size - k))
                : _push(_subproof(leaves, m - k, from + k, size - k, false), root(leaves, from, k));
    }

    function _push(
        bytes32[] memory hashes,
        bytes32 last
    ) private pure returns (bytes32[] memory longer) {
        longer = new bytes32[](hashes.length + 1);
        for (uint256 i = 0; i < hashes.length; ++i) longer[i] = hashes[i];
        longer[hashes.length] = last;
    }
}
