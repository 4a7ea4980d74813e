// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The test runner's cheat codes, as far as these tests use them.
interface Vm {
    function prank(address sender) external;
    function expectRevert(bytes calldata data) external;
    function chainId(uint256 id) external;
    function roll(uint256 number) external;
    function expectEmit() external;
}

Vm constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
