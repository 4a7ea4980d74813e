// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReferenceTree} from "./ReferenceTree.sol";
import {Rfc9162Harness} from "./Rfc9162Harness.sol";

contract Rfc9162Test {
    uint256 private constant _LIMIT = 70;

    Rfc9162Harness private _rfc;
    bytes32[] private _leaves;

    function setUp() public {
        _rfc = new Rfc9162Harness();
        for (uint256 i = 0; i < _LIMIT; ++i) {
            _leaves.push(sha256(bytes.concat(hex"00", bytes32(i))));
        }
    }

    function test_acceptsEveryInclusionUpToNineteen() public view {
        bytes32[] memory leaves = _leaves;
        for (uint64 size = 1; size <= 19; ++size) {
            bytes32 root = ReferenceTree.root(leaves, 0, size);
            for (uint64 index = 0; index < size; ++index) {
                bytes32[] memory proof = ReferenceTree.inclusion(leaves, index, size);
                require(_rfc.verifyInclusion(index, leaves[index], size, root, proof));
            }
        }
    }

    function test_acceptsEveryConsistencyUpToNineteen() public view {
        bytes32[] memory leaves = _leaves;
        for (uint64 newer = 1; newer <= 19; ++newer) {
            bytes32 newerRoot = ReferenceTree.root(leaves, 0, newer);
            for (uint64 older = 1; older <= newer; ++older) {
                bytes32 olderRoot = ReferenceTree.root(leaves, 0, older);
                bytes32[] memory proof = ReferenceTree.consistency(leaves, older, newer);
                require(_rfc.verifyConsistency(older, olderRoot, newer, newerRoot, proof));
            }
        }
    }

    function testFuzz_acceptsInclusion(uint64 index, uint64 size) public view {
        (index, size) = _order(index, size);
        --index;
        bytes32[] memory leaves = _leaves;
        bytes32[] memory proof = ReferenceTree.inclusion(leaves, index, size);
        bytes32 root = ReferenceTree.root(leaves, 0, size);
        require(_rfc.verifyInclusion(index, leaves[index], size, root, proof));
    }

    function testFuzz_refusesAnyOtherInclusion(
        uint64 index,
        uint64 size,
        uint8 kind,
        uint256 noise
    ) public view {
        (index, size) = _order(index, size);
        --index;
        bytes32[] memory leaves = _leaves;
        bytes32[] memory proof = ReferenceTree.inclusion(leaves, index, size);
        bytes32 root = ReferenceTree.root(leaves, 0, size);
        bytes32 leaf = leaves[index];
        bytes32 flip = bytes32(1 << (noise % 256));
        kind %= 6;
        if (kind == 0) root ^= flip;
        else if (kind == 1) leaf ^= flip;
        else if (kind == 2) proof = _longer(proof, bytes32(noise));
        else if (kind == 3 && proof.length > 0) proof = _shorter(proof);
        else if (kind == 4 && proof.length > 0) proof[noise % proof.length] ^= flip;
        else index += size;
        require(!_rfc.verifyInclusion(index, leaf, size, root, proof));
    }

    function testFuzz_acceptsConsistency(uint64 older, uint64 newer) public view {
        (older, newer) = _order(older, newer);
        bytes32[] memory leaves = _leaves;
        bytes32[] memory proof = ReferenceTree.consistency(leaves, older, newer);
        require(
            _rfc.verifyConsistency(
                older,
                ReferenceTree.root(leaves, 0, older),
                newer,
                ReferenceTree.root(leaves, 0, newer),
                proof
            )
        );
    }

    function testFuzz_refusesAnyOtherConsistency(
        uint64 older,
        uint64 newer,
        uint8 kind,
        uint256 noise
    ) public view {
        (older, newer) = _order(older, newer);
        bytes32[] memory leaves = _leaves;
        bytes32[] memory proof = ReferenceTree.consistency(leaves, older, newer);
        bytes32 olderRoot = ReferenceTree.root(leaves, 0, older);
        bytes32 newerRoot = ReferenceTree.root(leaves, 0, newer);
        bytes32 flip = bytes32(1 << (noise % 256));
        kind %= 7;
        if (kind == 0) olderRoot ^= flip;
        else if (kind == 1) newerRoot ^= flip;
        else if (kind == 2) proof = _longer(proof, bytes32(noise));
        else if (kind == 3 && proof.length > 0) proof = _shorter(proof);
        else if (kind == 4 && proof.length > 0) proof[noise % proof.length] ^= flip;
        else if (kind == 5) older = 0;
        else older = newer + 1;
        require(!_rfc.verifyConsistency(older, olderRoot, newer, newerRoot, proof));
    }

    /// Whatever it is handed, it answers: no size and no length makes it revert.
    function testFuzz_neverReverts(
        uint64 a,
        bytes32 b,
        uint64 c,
        bytes32 d,
        bytes32[] calldata proof
    ) public view {
        require(!_rfc.verifyInclusion(a, b, c, d, proof) || (a == 0 && c == 1 && b == d));
        require(!_rfc.verifyConsistency(a, b, c, d, proof) || (a == c && b == d));
    }

    /// 1 <= first <= second <= _LIMIT
    function _order(uint64 a, uint64 b) private pure returns (uint64 first, uint64 second) {
        second = 1 + (b % uint64(_LIMIT));
        first = 1 + (a % second);
    }

    function _longer(
        bytes32[] memory proof,
        bytes32 last
    ) private pure returns (bytes32[] memory longer) {
        longer = new bytes32[](proof.length + 1);
        for (uint256 i = 0; i < proof.length; ++i) longer[i] = proof[i];
        longer[proof.length] = last;
    }

    function _shorter(bytes32[] memory proof) private pure returns (bytes32[] memory shorter) {
        shorter = new bytes32[](proof.length - 1);
        for (uint256 i = 0; i < shorter.length; ++i) shorter[i] = proof[i];
    }
}
