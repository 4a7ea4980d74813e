// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AnchorRegistry} from "../AnchorRegistry.sol";
import {ReferenceTree} from "./ReferenceTree.sol";
import {VM} from "./Vm.sol";

contract AnchorRegistryTest {
    string private constant _ORIGIN = "example.gov/licenses";
    bytes32 private constant _LOG = keccak256(bytes(_ORIGIN));
    address private constant _OPERATOR = address(0xA1);
    uint64 private constant _STEP = 1000;
    uint64 private constant _LIMIT = 64;

    AnchorRegistry private _registry;
    bytes32[] private _leaves;

    function setUp() public {
        _registry = new AnchorRegistry(address(this));
        _registry.register(_ORIGIN, _OPERATOR, true, _STEP);
        for (uint256 i = 0; i < _LIMIT; ++i) _leaves.push(keccak256(abi.encode(i)));
    }

    /// Whatever the sizes, heads are numbered one by one and each stays what it was.
    function testFuzz_headsAreNumberedAndNeverChange(uint8[6] calldata growth) public {
        bytes32[6] memory hashes;
        uint64 size = 0;
        uint64 number = 0;
        for (uint64 i = 0; i < growth.length; ++i) {
            uint64 next = size + 1 + (growth[i] % 10);
            _anchor(size, next);
            size = next;
            hashes[number] = _registry.head(_LOG, number + 1);
            ++number;
            require(_registry.isHead(_LOG, number, size, _root(size), bytes32(uint256(size))));
            (
                uint64 latest,
                uint64 latestSize,
                bytes32 root,
                bytes32 hash,
                uint64 blockNumber
            ) = _registry.latest(_LOG);
            require(latest == number && latestSize == size && root == _root(size));
            require(hash == hashes[number - 1] && blockNumber == block.number);
        }
        for (uint64 i = 1; i <= number; ++i) require(_registry.head(_LOG, i) == hashes[i - 1]);
    }

    function testFuzz_refusesAHeadThatRewrites(uint8 older, uint8 newer, uint8 place) public {
        uint64 newerSize = 2 + (newer % (_LIMIT - 1));
        uint64 olderSize = 1 + (older % (newerSize - 1));
        _anchor(0, olderSize);
        bytes32[] memory leaves = _leaves;
        leaves[place % olderSize] ^= bytes32(uint256(1));
        bytes32 root = ReferenceTree.root(leaves, 0, newerSize);
        bytes32[] memory proof = ReferenceTree.consistency(leaves, olderSize, newerSize);
        VM.expectRevert(
            abi.encodeWithSelector(
                AnchorRegistry.AnchorRegistryProofInvalid.selector,
                _LOG,
                olderSize,
                newerSize
            )
        );
        VM.prank(_OPERATOR);
        _registry.anchor(_LOG, newerSize, root, 0, proof);
    }

    function testFuzz_refusesASizeThatDoesNotGrow(uint8 latest, uint8 lower) public {
        uint64 latestSize = 2 + (latest % (_LIMIT - 1));
        uint64 size = lower % latestSize;
        _anchor(0, latestSize);
        VM.expectRevert(
            abi.encodeWithSelector(
                AnchorRegistry.AnchorRegistrySizeNotGreater.selector,
                _LOG,
                latestSize,
                size
            )
        );
        VM.prank(_OPERATOR);
        _registry.anchor(_LOG, size, bytes32(uint256(7)), 0, new bytes32[](0));
    }

    function testFuzz_refusesAnyoneButTheOperator(address caller) public {
        if (caller == _OPERATOR) return;
        VM.expectRevert(
            abi.encodeWithSelector(AnchorRegistry.AnchorRegistryNotOperator.selector, _LOG, caller)
        );
        VM.prank(caller);
        _registry.anchor(_LOG, 1, _root(1), 0, new bytes32[](0));
    }

    function testFuzz_refusesAdministrationByAnyoneElse(address caller) public {
        if (caller == address(this)) return;
        bytes memory refusal = abi.encodeWithSelector(
            AnchorRegistry.AnchorRegistryNotAuthority.selector,
            caller
        );
        VM.expectRevert(refusal);
        VM.prank(caller);
        _registry.register("other", caller, true, 1);
        VM.expectRevert(refusal);
        VM.prank(caller);
        _registry.rotateOperator(_LOG, caller);
        VM.expectRevert(refusal);
        VM.prank(caller);
        _registry.suspend(_LOG);
        VM.expectRevert(refusal);
        VM.prank(caller);
        _registry.resume(_LOG);
        VM.expectRevert(refusal);
        VM.prank(caller);
        _registry.close(_LOG, 0);
        VM.expectRevert(refusal);
        VM.prank(caller);
        _registry.succeed(_LOG, _LOG);
        VM.expectRevert(refusal);
        VM.prank(caller);
        _registry.offerAuthority(caller);
    }

    function testFuzz_uncheckedLogsOnlyGrow(uint64 first, uint64 second) public {
        first = 1 + (first % _STEP);
        second = first + 1 + (second % (_STEP - 1));
        bytes32 logId = _registry.register("sm3", _OPERATOR, false, _STEP);
        VM.prank(_OPERATOR);
        _registry.anchor(logId, first, bytes32(uint256(1)), 0, new bytes32[](0));
        VM.prank(_OPERATOR);
        _registry.anchor(logId, second, bytes32(uint256(2)), 0, new bytes32[](0));
        require(_registry.isHead(logId, 2, second, bytes32(uint256(2)), 0));
    }

    /// The same head on another chain has another hash, so that a proof of it cannot be carried over.
    function testFuzz_headHashNamesTheChain(uint32 otherChain) public {
        if (otherChain == 0 || otherChain == block.chainid) return;
        _anchor(0, 5);
        require(_registry.isHead(_LOG, 1, 5, _root(5), bytes32(uint256(5))));
        VM.chainId(otherChain);
        require(!_registry.isHead(_LOG, 1, 5, _root(5), bytes32(uint256(5))));
    }

    function testFuzz_refusesMoreThanItsStep(uint64 over) public {
        uint64 size = _STEP + 1 + (over % (2 ** 53 - 1 - _STEP));
        VM.expectRevert(
            abi.encodeWithSelector(
                AnchorRegistry.AnchorRegistryStepTooLarge.selector,
                _LOG,
                size,
                _STEP
            )
        );
        VM.prank(_OPERATOR);
        _registry.anchor(_LOG, size, _root(1), 0, new bytes32[](0));
    }

    function test_emitsTheHead() public {
        VM.expectEmit();
        emit AnchorRegistry.TreeHeadAnchored(
            _LOG,
            1,
            block.chainid,
            3,
            _root(3),
            bytes32(uint256(3)),
            true
        );
        _anchor(0, 3);
    }

    function _anchor(uint64 older, uint64 newer) private {
        bytes32[] memory leaves = _leaves;
        bytes32[] memory proof =
            older == 0 ? new bytes32[](0) : ReferenceTree.consistency(leaves, older, newer);
        bytes32 root = _root(newer);
        VM.prank(_OPERATOR);
        _registry.anchor(_LOG, newer, root, bytes32(uint256(newer)), proof);
    }

    function _root(uint64 size) private view returns (bytes32) {
        return ReferenceTree.root(_leaves, 0, size);
    }
}
