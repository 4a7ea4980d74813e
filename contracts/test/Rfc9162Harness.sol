// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Rfc9162} from "../Rfc9162.sol";

/// @notice Makes the library callable from outside, for tests.
contract Rfc9162Harness {
    function verifyInclusion(
        uint64 index,
        bytes32 leafHash,
        uint64 size,
        bytes32 rootHash,
        bytes32[] calldata proof
    ) external pure returns (bool) {
        return Rfc9162.verifyInclusion(index, leafHash, size, rootHash, proof);
    }

    function verifyConsistency(
        uint64 olderSize,
        bytes32 olderRoot,
        uint64 newerSize,
        bytes32 newerRoot,
        bytes32[] calldata proof
    ) external pure returns (bool) {
        return Rfc9162.verifyConsistency(olderSize, olderRoot, newerSize, newerRoot, proof);
    }
}
