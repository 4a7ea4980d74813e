// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Rfc9162} from "./Rfc9162.sol";

/// @title Tree heads of append-only logs
/// @notice Keeps every anchored head of every registered log, numbered from 1. For checked logs the chain itself enforces that a new
/// head continues the last one: it verifies the RFC 9162 consistency proof. No function changes or removes a head, and there is no
/// proxy and no delegatecall, so that nobody, the authority included, can take an anchored head back. spec/anchor §1 to §3.
contract AnchorRegistry {
    // ---- types

    /// @dev One log. An anchor reads the first slot and writes the next two.
    struct Log {
        // slot 0
        address operator;
        uint64 maxStep;
        bool checked;
        bool suspended;
        bool closed;
        // slot 1
        uint64 size;
        uint64 number;
        uint64 blockNumber;
        uint64 closedNumber;
        // slot 2
        bytes32 rootHash;
        // slot 3
        bytes32 successor;
    }

    /// @notice What is known of a log.
    struct LogInfo {
        /// who may anchor
        address operator;
        /// whether the chain verifies consistency proofs; if not, heads only grow
        bool checked;
        /// whether anchoring is suspended for now
        bool suspended;
        /// whether the log is closed for ever
        bool closed;
        /// entries by which one anchor may grow the log
        uint64 maxStep;
        /// number of the last head that counts, if closed
        uint64 closedNumber;
        /// log that continues this one, or zero
        bytes32 successor;
        /// number of the latest head, 0 before the first
        uint64 number;
        /// entries of the latest head
        uint64 size;
        /// root of the latest head
        bytes32 rootHash;
        /// block that anchored the latest head
        uint64 blockNumber;
    }

    // ---- events

    /// @notice A tree head was anchored: head `number` of the log, and final in form for ever.
    event TreeHeadAnchored(
        bytes32 indexed logId,
        uint64 indexed number,
        uint256 chainId,
        uint64 size,
        bytes32 rootHash,
        bytes32 indexRoot,
        bool checked
    );
    /// @notice A log was registered; its identifier is keccak256 of its origin.
    event LogRegistered(
        bytes32 indexed logId,
        string origin,
        address operator,
        bool checked,
        uint64 maxStep
    );
    /// @notice Another account may anchor from now on, and the previous one may not.
    event OperatorRotated(bytes32 indexed logId, address previous, address operator);
    /// @notice Anchoring was suspended.
    event LogSuspended(bytes32 indexed logId);
    /// @notice Anchoring goes on.
    event LogResumed(bytes32 indexed logId);
    /// @notice The log was closed for ever; heads after `number` do not count.
    event LogClosed(bytes32 indexed logId, uint64 number);
    /// @notice A closed log is continued by another.
    event LogSucceeded(bytes32 indexed logId, bytes32 indexed successor);
    /// @notice The authority was offered to another account, which has to accept it.
    event AuthorityOffered(address indexed authority, address indexed offered);
    /// @notice The authority was accepted.
    event AuthorityChanged(address indexed previous, address indexed authority);

    // ---- errors

    error AnchorRegistryUnregistered(bytes32 logId);
    error AnchorRegistryAlreadyRegistered(bytes32 logId);
    error AnchorRegistryNotAuthority(address caller);
    error AnchorRegistryNotOperator(bytes32 logId, address caller);
    error AnchorRegistrySuspended(bytes32 logId);
    error AnchorRegistryNotSuspended(bytes32 logId);
    error AnchorRegistryClosed(bytes32 logId, uint64 number);
    error AnchorRegistryNotClosed(bytes32 logId);
    error AnchorRegistrySizeNotGreater(bytes32 logId, uint64 latest, uint64 size);
    error AnchorRegistrySizeTooLarge(uint64 size, uint64 limit);
    error AnchorRegistryStepTooLarge(bytes32 logId, uint64 step, uint64 maxStep);
    error AnchorRegistryAlreadyAnchored(bytes32 logId, uint64 number);
    error AnchorRegistryConflict(bytes32 logId, uint64 number);
    error AnchorRegistryProofInvalid(bytes32 logId, uint64 olderSize, uint64 newerSize);
    error AnchorRegistryHeadUnknown(bytes32 logId, uint64 number);
    error AnchorRegistryOriginLength(uint256 length, uint256 limit);
    error AnchorRegistryStepRange(uint64 maxStep, uint64 limit);
    error AnchorRegistryOperatorZero();
    error AnchorRegistryAuthorityZero();
    error AnchorRegistryNotOffered(address caller);
    error AnchorRegistrySucceeded(bytes32 logId, bytes32 successor);

    // ---- state

    /// @dev The largest size of a log: 2^53 - 1, the largest integer that every JSON reader holds exactly.
    uint64 private constant _MAX_SIZE = 2 ** 53 - 1;
    /// @dev Bytes of an origin.
    uint256 private constant _MAX_ORIGIN = 255;

    address private _authority;
    address private _offered;
    mapping(bytes32 logId => Log log) private _logs;
    /// @dev `headHash` of every head. Written once each.
    mapping(bytes32 logId => mapping(uint64 number => bytes32 hash)) private _heads;

    // ---- constructor

    /// @param authority_ who registers logs, rotates operators, suspends and closes: a contract that asks k of n, not one key
    constructor(address authority_) {
        if (authority_ == address(0)) revert AnchorRegistryAuthorityZero();
        _authority = authority_;
        emit AuthorityChanged(address(0), authority_);
    }

    // ---- anchoring

    /// @notice Anchors a tree head, as the next number, by the log's operator.
    /// @dev Invariant: head n+1 is larger than head n, and for a checked log its tree begins with the entries of head n
    /// (RFC 9162 §2.1.4.2). The first head has no predecessor and so no proof; nor has any head of an unchecked log.
    /// @param logId the log
    /// @param size entries of the tree, above the latest size, at most 2^53 - 1
    /// @param rootHash root of the tree
    /// @param indexRoot root of the verifiable index at this size, or zero
    /// @param proof consistency proof from the latest head
    function anchor(
        bytes32 logId,
        uint64 size,
        bytes32 rootHash,
        bytes32 indexRoot,
        bytes32[] calldata proof
    ) external {
        Log storage log = _logs[logId];
        if (log.operator != msg.sender) {
            if (log.operator == address(0)) revert AnchorRegistryUnregistered(logId);
            revert AnchorRegistryNotOperator(logId, msg.sender);
        }
        if (log.closed) revert AnchorRegistryClosed(logId, log.closedNumber);
        if (log.suspended) revert AnchorRegistrySuspended(logId);

        uint64 latestSize = log.size;
        uint64 number = log.number;
        if (size <= latestSize) {
            _refuseSize(logId, number, latestSize, size, rootHash, indexRoot);
        }
        if (size > _MAX_SIZE) revert AnchorRegistrySizeTooLarge(size, _MAX_SIZE);
        if (size - latestSize > log.maxStep) {
            revert AnchorRegistryStepTooLarge(logId, size - latestSize, log.maxStep);
        }
        bool checked = log.checked;
        bool valid =
            number == 0 || !checked
                ? proof.length == 0
                : Rfc9162.verifyConsistency(latestSize, log.rootHash, size, rootHash, proof);
        if (!valid) revert AnchorRegistryProofInvalid(logId, latestSize, size);

        ++number;
        log.size = size;
        log.number = number;
        log.blockNumber = uint64(block.number);
        log.rootHash = rootHash;
        _heads[logId][number] = _headHash(logId, number, size, rootHash, indexRoot);
        emit TreeHeadAnchored(logId, number, block.chainid, size, rootHash, indexRoot, checked);
    }

    /// @notice Gives the hash of head `number`: keccak256 over chain id, log, number, size, root and index root, one word each.
    /// spec/anchor §3.2.
    /// @dev Reverts for a number that was not anchored.
    function head(bytes32 logId, uint64 number) external view returns (bytes32 headHash) {
        headHash = _heads[logId][number];
        if (headHash == 0) {
            _registered(logId);
            revert AnchorRegistryHeadUnknown(logId, number);
        }
    }

    /// @notice Tells whether head `number` of the log is exactly this one.
    function isHead(
        bytes32 logId,
        uint64 number,
        uint64 size,
        bytes32 rootHash,
        bytes32 indexRoot
    ) external view returns (bool) {
        return _heads[logId][number] == _headHash(logId, number, size, rootHash, indexRoot);
    }

    /// @notice Gives the latest head: its number (0 before the first), size, root, hash, and the block that anchored it.
    function latest(
        bytes32 logId
    )
        external
        view
        returns (uint64 number, uint64 size, bytes32 rootHash, bytes32 headHash, uint64 blockNumber)
    {
        Log storage log = _registered(logId);
        number = log.number;
        return (number, log.size, log.rootHash, _heads[logId][number], log.blockNumber);
    }

    /// @notice Gives what is known of a log.
    function logInfo(bytes32 logId) external view returns (LogInfo memory) {
        Log storage log = _registered(logId);
        return
            LogInfo({
                operator: log.operator,
                checked: log.checked,
                suspended: log.suspended,
                closed: log.closed,
                maxStep: log.maxStep,
                closedNumber: log.closedNumber,
                successor: log.successor,
                number: log.number,
                size: log.size,
                rootHash: log.rootHash,
                blockNumber: log.blockNumber
            });
    }

    // ---- administration

    /// @notice Registers a log under its origin.
    /// @param origin the log's unique name line, 1 to 255 bytes; the log's identifier is its keccak256
    /// @param operator who may anchor
    /// @param checked whether the chain verifies consistency proofs: true for logs with SHA-256
    /// @param maxStep entries by which one anchor may grow the log, 1 to 2^53 - 1
    /// @return logId the log's identifier
    function register(
        string calldata origin,
        address operator,
        bool checked,
        uint64 maxStep
    ) external returns (bytes32 logId) {
        _onlyAuthority();
        uint256 length = bytes(origin).length;
        if (length == 0 || length > _MAX_ORIGIN) {
            revert AnchorRegistryOriginLength(length, _MAX_ORIGIN);
        }
        if (operator == address(0)) revert AnchorRegistryOperatorZero();
        if (maxStep == 0 || maxStep > _MAX_SIZE) revert AnchorRegistryStepRange(maxStep, _MAX_SIZE);
        logId = keccak256(bytes(origin));
        Log storage log = _logs[logId];
        if (log.operator != address(0)) revert AnchorRegistryAlreadyRegistered(logId);
        log.operator = operator;
        log.checked = checked;
        log.maxStep = maxStep;
        emit LogRegistered(logId, origin, operator, checked, maxStep);
    }

    /// @notice Lets another account anchor, and the previous one no longer.
    function rotateOperator(bytes32 logId, address operator) external {
        Log storage log = _administered(logId);
        if (operator == address(0)) revert AnchorRegistryOperatorZero();
        address previous = log.operator;
        log.operator = operator;
        emit OperatorRotated(logId, previous, operator);
    }

    /// @notice Suspends anchoring until resumed.
    function suspend(bytes32 logId) external {
        Log storage log = _administered(logId);
        if (log.suspended) revert AnchorRegistrySuspended(logId);
        log.suspended = true;
        emit LogSuspended(logId);
    }

    /// @notice Lets anchoring go on.
    function resume(bytes32 logId) external {
        Log storage log = _administered(logId);
        if (!log.suspended) revert AnchorRegistryNotSuspended(logId);
        log.suspended = false;
        emit LogResumed(logId);
    }

    /// @notice Closes a log for ever and marks the last head that counts. Heads after it stay readable.
    /// @param number the last head that counts; 0 if none does
    function close(bytes32 logId, uint64 number) external {
        Log storage log = _administered(logId);
        if (number > log.number) revert AnchorRegistryHeadUnknown(logId, number);
        log.closed = true;
        log.closedNumber = number;
        emit LogClosed(logId, number);
    }

    /// @notice Names the log that continues a closed one, once.
    /// @dev The successor must be open, so that logs never succeed each other in a circle.
    function succeed(bytes32 logId, bytes32 successor) external {
        _onlyAuthority();
        Log storage log = _registered(logId);
        if (!log.closed) revert AnchorRegistryNotClosed(logId);
        if (log.successor != 0) revert AnchorRegistrySucceeded(logId, log.successor);
        Log storage next = _registered(successor);
        if (next.closed) revert AnchorRegistryClosed(successor, next.closedNumber);
        log.successor = successor;
        emit LogSucceeded(logId, successor);
    }

    /// @notice Gives who administers the registry.
    function authority() external view returns (address) {
        return _authority;
    }

    /// @notice Gives to whom the authority is offered, or zero.
    function offeredAuthority() external view returns (address) {
        return _offered;
    }

    /// @notice Offers the authority to another account, or takes an offer back (zero). It passes when accepted.
    function offerAuthority(address offered) external {
        _onlyAuthority();
        _offered = offered;
        emit AuthorityOffered(msg.sender, offered);
    }

    /// @notice Accepts the authority.
    function acceptAuthority() external {
        if (msg.sender != _offered) revert AnchorRegistryNotOffered(msg.sender);
        address previous = _authority;
        _authority = msg.sender;
        _offered = address(0);
        emit AuthorityChanged(previous, msg.sender);
    }

    // ---- internal

    function _onlyAuthority() private view {
        if (msg.sender != _authority) revert AnchorRegistryNotAuthority(msg.sender);
    }

    function _registered(bytes32 logId) private view returns (Log storage log) {
        log = _logs[logId];
        if (log.operator == address(0)) revert AnchorRegistryUnregistered(logId);
    }

    function _administered(bytes32 logId) private view returns (Log storage log) {
        _onlyAuthority();
        log = _registered(logId);
        if (log.closed) revert AnchorRegistryClosed(logId, log.closedNumber);
    }

    /// @dev Says why a size that does not grow is refused: the very head again, another head of its size, or a smaller one.
    function _refuseSize(
        bytes32 logId,
        uint64 number,
        uint64 latestSize,
        uint64 size,
        bytes32 rootHash,
        bytes32 indexRoot
    ) private view {
        if (number == 0 || size < latestSize) {
            revert AnchorRegistrySizeNotGreater(logId, latestSize, size);
        }
        if (_heads[logId][number] == _headHash(logId, number, size, rootHash, indexRoot)) {
            revert AnchorRegistryAlreadyAnchored(logId, number);
        }
        revert AnchorRegistryConflict(logId, number);
    }

    function _headHash(
        bytes32 logId,
        uint64 number,
        uint64 size,
        bytes32 rootHash,
        bytes32 indexRoot
    ) private view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, logId, number, size, rootHash, indexRoot));
    }
}
