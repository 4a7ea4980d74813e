// Written by scripts/generate-contracts.ts from contracts/AnchorRegistry.sol. Do not edit.

/** The contract's interface. */
export const ANCHOR_REGISTRY_ABI = [
  {
    inputs: [{ internalType: 'address', name: 'authority_', type: 'address' }],
    stateMutability: 'nonpayable',
    type: 'constructor',
  },
  {
    inputs: [
      { internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { internalType: 'uint64', name: 'number', type: 'uint64' },
    ],
    name: 'AnchorRegistryAlreadyAnchored',
    type: 'error',
  },
  {
    inputs: [{ internalType: 'bytes32', name: 'logId', type: 'bytes32' }],
    name: 'AnchorRegistryAlreadyRegistered',
    type: 'error',
  },
  { inputs: [], name: 'AnchorRegistryAuthorityZero', type: 'error' },
  {
    inputs: [
      { internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { internalType: 'uint64', name: 'number', type: 'uint64' },
    ],
    name: 'AnchorRegistryClosed',
    type: 'error',
  },
  {
    inputs: [
      { internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { internalType: 'uint64', name: 'number', type: 'uint64' },
    ],
    name: 'AnchorRegistryConflict',
    type: 'error',
  },
  {
    inputs: [
      { internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { internalType: 'uint64', name: 'number', type: 'uint64' },
    ],
    name: 'AnchorRegistryHeadUnknown',
    type: 'error',
  },
  {
    inputs: [{ internalType: 'address', name: 'caller', type: 'address' }],
    name: 'AnchorRegistryNotAuthority',
    type: 'error',
  },
  {
    inputs: [{ internalType: 'bytes32', name: 'logId', type: 'bytes32' }],
    name: 'AnchorRegistryNotClosed',
    type: 'error',
  },
  {
    inputs: [{ internalType: 'address', name: 'caller', type: 'address' }],
    name: 'AnchorRegistryNotOffered',
    type: 'error',
  },
  {
    inputs: [
      { internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { internalType: 'address', name: 'caller', type: 'address' },
    ],
    name: 'AnchorRegistryNotOperator',
    type: 'error',
  },
  {
    inputs: [{ internalType: 'bytes32', name: 'logId', type: 'bytes32' }],
    name: 'AnchorRegistryNotSuspended',
    type: 'error',
  },
  { inputs: [], name: 'AnchorRegistryOperatorZero', type: 'error' },
  {
    inputs: [
      { internalType: 'uint256', name: 'length', type: 'uint256' },
      { internalType: 'uint256', name: 'limit', type: 'uint256' },
    ],
    name: 'AnchorRegistryOriginLength',
    type: 'error',
  },
  {
    inputs: [
      { internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { internalType: 'uint64', name: 'olderSize', type: 'uint64' },
      { internalType: 'uint64', name: 'newerSize', type: 'uint64' },
    ],
    name: 'AnchorRegistryProofInvalid',
    type: 'error',
  },
  {
    inputs: [
      { internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { internalType: 'uint64', name: 'latest', type: 'uint64' },
      { internalType: 'uint64', name: 'size', type: 'uint64' },
    ],
    name: 'AnchorRegistrySizeNotGreater',
    type: 'error',
  },
  {
    inputs: [
      { internalType: 'uint64', name: 'size', type: 'uint64' },
      { internalType: 'uint64', name: 'limit', type: 'uint64' },
    ],
    name: 'AnchorRegistrySizeTooLarge',
    type: 'error',
  },
  {
    inputs: [
      { internalType: 'uint64', name: 'maxStep', type: 'uint64' },
      { internalType: 'uint64', name: 'limit', type: 'uint64' },
    ],
    name: 'AnchorRegistryStepRange',
    type: 'error',
  },
  {
    inputs: [
      { internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { internalType: 'uint64', name: 'step', type: 'uint64' },
      { internalType: 'uint64', name: 'maxStep', type: 'uint64' },
    ],
    name: 'AnchorRegistryStepTooLarge',
    type: 'error',
  },
  {
    inputs: [
      { internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { internalType: 'bytes32', name: 'successor', type: 'bytes32' },
    ],
    name: 'AnchorRegistrySucceeded',
    type: 'error',
  },
  {
    inputs: [{ internalType: 'bytes32', name: 'logId', type: 'bytes32' }],
    name: 'AnchorRegistrySuspended',
    type: 'error',
  },
  {
    inputs: [{ internalType: 'bytes32', name: 'logId', type: 'bytes32' }],
    name: 'AnchorRegistryUnregistered',
    type: 'error',
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: 'address', name: 'previous', type: 'address' },
      { indexed: true, internalType: 'address', name: 'authority', type: 'address' },
    ],
    name: 'AuthorityChanged',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: 'address', name: 'authority', type: 'address' },
      { indexed: true, internalType: 'address', name: 'offered', type: 'address' },
    ],
    name: 'AuthorityOffered',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { indexed: false, internalType: 'uint64', name: 'number', type: 'uint64' },
    ],
    name: 'LogClosed',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { indexed: false, internalType: 'string', name: 'origin', type: 'string' },
      { indexed: false, internalType: 'address', name: 'operator', type: 'address' },
      { indexed: false, internalType: 'bool', name: 'checked', type: 'bool' },
      { indexed: false, internalType: 'uint64', name: 'maxStep', type: 'uint64' },
    ],
    name: 'LogRegistered',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [{ indexed: true, internalType: 'bytes32', name: 'logId', type: 'bytes32' }],
    name: 'LogResumed',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { indexed: true, internalType: 'bytes32', name: 'successor', type: 'bytes32' },
    ],
    name: 'LogSucceeded',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [{ indexed: true, internalType: 'bytes32', name: 'logId', type: 'bytes32' }],
    name: 'LogSuspended',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { indexed: false, internalType: 'address', name: 'previous', type: 'address' },
      { indexed: false, internalType: 'address', name: 'operator', type: 'address' },
    ],
    name: 'OperatorRotated',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [
      { indexed: true, internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { indexed: true, internalType: 'uint64', name: 'number', type: 'uint64' },
      { indexed: false, internalType: 'uint256', name: 'chainId', type: 'uint256' },
      { indexed: false, internalType: 'uint64', name: 'size', type: 'uint64' },
      { indexed: false, internalType: 'bytes32', name: 'rootHash', type: 'bytes32' },
      { indexed: false, internalType: 'bytes32', name: 'indexRoot', type: 'bytes32' },
      { indexed: false, internalType: 'bool', name: 'checked', type: 'bool' },
    ],
    name: 'TreeHeadAnchored',
    type: 'event',
  },
  {
    inputs: [],
    name: 'acceptAuthority',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [
      { internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { internalType: 'uint64', name: 'size', type: 'uint64' },
      { internalType: 'bytes32', name: 'rootHash', type: 'bytes32' },
      { internalType: 'bytes32', name: 'indexRoot', type: 'bytes32' },
      { internalType: 'bytes32[]', name: 'proof', type: 'bytes32[]' },
    ],
    name: 'anchor',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [],
    name: 'authority',
    outputs: [{ internalType: 'address', name: '', type: 'address' }],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [
      { internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { internalType: 'uint64', name: 'number', type: 'uint64' },
    ],
    name: 'close',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [
      { internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { internalType: 'uint64', name: 'number', type: 'uint64' },
    ],
    name: 'head',
    outputs: [{ internalType: 'bytes32', name: 'headHash', type: 'bytes32' }],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [
      { internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { internalType: 'uint64', name: 'number', type: 'uint64' },
      { internalType: 'uint64', name: 'size', type: 'uint64' },
      { internalType: 'bytes32', name: 'rootHash', type: 'bytes32' },
      { internalType: 'bytes32', name: 'indexRoot', type: 'bytes32' },
    ],
    name: 'isHead',
    outputs: [{ internalType: 'bool', name: '', type: 'bool' }],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [{ internalType: 'bytes32', name: 'logId', type: 'bytes32' }],
    name: 'latest',
    outputs: [
      { internalType: 'uint64', name: 'number', type: 'uint64' },
      { internalType: 'uint64', name: 'size', type: 'uint64' },
      { internalType: 'bytes32', name: 'rootHash', type: 'bytes32' },
      { internalType: 'bytes32', name: 'headHash', type: 'bytes32' },
      { internalType: 'uint64', name: 'blockNumber', type: 'uint64' },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [{ internalType: 'bytes32', name: 'logId', type: 'bytes32' }],
    name: 'logInfo',
    outputs: [
      {
        components: [
          { internalType: 'address', name: 'operator', type: 'address' },
          { internalType: 'bool', name: 'checked', type: 'bool' },
          { internalType: 'bool', name: 'suspended', type: 'bool' },
          { internalType: 'bool', name: 'closed', type: 'bool' },
          { internalType: 'uint64', name: 'maxStep', type: 'uint64' },
          { internalType: 'uint64', name: 'closedNumber', type: 'uint64' },
          { internalType: 'bytes32', name: 'successor', type: 'bytes32' },
          { internalType: 'uint64', name: 'number', type: 'uint64' },
          { internalType: 'uint64', name: 'size', type: 'uint64' },
          { internalType: 'bytes32', name: 'rootHash', type: 'bytes32' },
          { internalType: 'uint64', name: 'blockNumber', type: 'uint64' },
        ],
        internalType: 'struct AnchorRegistry.LogInfo',
        name: '',
        type: 'tuple',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [{ internalType: 'address', name: 'offered', type: 'address' }],
    name: 'offerAuthority',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [],
    name: 'offeredAuthority',
    outputs: [{ internalType: 'address', name: '', type: 'address' }],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [
      { internalType: 'string', name: 'origin', type: 'string' },
      { internalType: 'address', name: 'operator', type: 'address' },
      { internalType: 'bool', name: 'checked', type: 'bool' },
      { internalType: 'uint64', name: 'maxStep', type: 'uint64' },
    ],
    name: 'register',
    outputs: [{ internalType: 'bytes32', name: 'logId', type: 'bytes32' }],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [{ internalType: 'bytes32', name: 'logId', type: 'bytes32' }],
    name: 'resume',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [
      { internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { internalType: 'address', name: 'operator', type: 'address' },
    ],
    name: 'rotateOperator',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [
      { internalType: 'bytes32', name: 'logId', type: 'bytes32' },
      { internalType: 'bytes32', name: 'successor', type: 'bytes32' },
    ],
    name: 'succeed',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [{ internalType: 'bytes32', name: 'logId', type: 'bytes32' }],
    name: 'suspend',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
] as const;

/** Creation bytecode; the constructor's arguments follow it. */
export const ANCHOR_REGISTRY_BYTECODE =
  '0x60803460aa57601f6117be38819003918201601f19168301916001600160401b0383118484101760af5780849260209460405283398101031260aa57516001600160a01b0381169081900360aa578015609957600080546001600160a01b0319168217815560405191907f275720694d99bebae3e30a093350471a8a15db9c771974d841c724b07a55f3928180a36116f890816100c68239f35b636618b99160e11b60005260046000fd5b600080fd5b634e487b7160e01b600052604160045260246000fdfe608080604052600436101561001357600080fd5b60003560e01c9081630a3214ea14611223575080631580798f146111545780631a7d76691461109f5780635192984914610bb357806379feb10714610b38578063949cfb8714610a9f57806396ab6f1d1461078e578063b1c4235d146106cb578063bf7e214f14610697578063c5a0265c1461055c578063d5fbcf3a146104d0578063dbbcee35146102f9578063ee60677814610286578063fa7a2962146101e25763fde2c4dc146100c457600080fd5b346101dd5760406003193601126101dd576024356004356100e3611609565b6100ec816115d9565b60ff815460f01c16156101af5760030180548061017e5750829061010f826115d9565b60ff815460f01c166101445750557fc18b6f8eb30b5681a059e4a1b91afb886d413d3fd725a6f333e1cdd3c6427581600080a3005b60019150015460c01c907f148937580000000000000000000000000000000000000000000000000000000060005260045260245260446000fd5b827f11bfa0fa0000000000000000000000000000000000000000000000000000000060005260045260245260446000fd5b507f04c533700000000000000000000000000000000000000000000000000000000060005260045260246000fd5b600080fd5b346101dd5760206003193601126101dd576004356101ff8161137c565b805460ff8160e81c1615610258577fffff00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffff1690557fcf477d1c149a97a0c17a4c3bb74cd2dfe1f443e747e3d757c621df38570de638600080a2005b827f4ee64a430000000000000000000000000000000000000000000000000000000060005260045260246000fd5b346101dd5760a06003193601126101dd576004356102a2611277565b906044359067ffffffffffffffff821682036101dd57602092816102f09260005260038552604060002067ffffffffffffffff8316600052855260406000205493608435926064359261158d565b14604051908152f35b346101dd5760206003193601126101dd57604051610316816112ef565b60008152602081016000905260408101600090526060810160009052608081016000905260a081016000905260c081016000905260e08101600090526101008101600090526101208101600090526101400160009052600435610378906115d9565b80549073ffffffffffffffffffffffffffffffffffffffff8216916001820154916003810154906002015491604051916103b1836112ef565b85835260208301918060e01c60ff161515835260408401908060e81c60ff1615158252606085018160f01c60ff1615158152608086019160a01c67ffffffffffffffff16825260a08601928860c01c845260c0870194855260e08701958960401c67ffffffffffffffff16875261010088019767ffffffffffffffff8b1689526101208101998a52610140019960801c67ffffffffffffffff168a526040519a8b5251151560208b015251151560408a015251151560608901525167ffffffffffffffff1660808801525167ffffffffffffffff1660a08701525160c08601525167ffffffffffffffff1660e08501525167ffffffffffffffff16610100840152516101208301525167ffffffffffffffff1661014082015261016090f35b346101dd5760206003193601126101dd5760043573ffffffffffffffffffffffffffffffffffffffff81168091036101dd5761050a611609565b807fffffffffffffffffffffffff00000000000000000000000000000000000000006001541617600155337fed3b9ed02306770c0d5ec933a876ef508dfe43eddc22d81f32c4e0f5058b368e600080a3005b346101dd5760406003193601126101dd57600435610578611277565b6105818261137c565b90600182019081549067ffffffffffffffff81169367ffffffffffffffff8360401c168511610665579177ffffffffffffffffffffffffffffffffffffffffffffffff7fffffffffffffffff00000000000000000000000000000000000000000000000060209593857e010000000000000000000000000000000000000000000000000000000000007fff00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f17245a6e669b39fe282ec086d7e59700317205518ac8e21614dda2afec1d80419a98541617905560c01b169116179055604051908152a2005b84867fb21534e20000000000000000000000000000000000000000000000000000000060005260045260245260446000fd5b346101dd5760006003193601126101dd57602073ffffffffffffffffffffffffffffffffffffffff60005416604051908152f35b346101dd5760206003193601126101dd576004356106e88161137c565b805460ff8160e81c16610760577fffff00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffff167d0100000000000000000000000000000000000000000000000000000000001790557fce2602f0946a051033281a240ac44d032794b8d492f50542226b36bde9cb620e600080a2005b827ff09237bf0000000000000000000000000000000000000000000000000000000060005260045260246000fd5b346101dd5760806003193601126101dd5760043567ffffffffffffffff81116101dd57366023820112156101dd57806004013567ffffffffffffffff81116101dd57602482019160248236920101116101dd576107e9611254565b90604435928315158094036101dd576064359267ffffffffffffffff8416908185036101dd57610817611609565b83158015610a95575b610a625773ffffffffffffffffffffffffffffffffffffffff16908115610a385780158015610a28575b6109f0576000957fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f86011692604051610888602086018261133b565b8681526020810190878783378960208983010152519020968789526002602052604089209073ffffffffffffffffffffffffffffffffffffffff8254166109c457928260209a837f01f157e00bda2a6005c95cfbe765af415fe9d024ee0456622cde9830bfa5003f99968c9b99967fffffffffffffffffffffffff000000000000000000000000000000000000000060a09a9754161782557bffffffffffffffff00000000000000000000000000000000000000008254918a1b16907fffffff000000000000000000ffffffffffffffffffffffffffffffffffffffff7cff000000000000000000000000000000000000000000000000000000008760e01b169116171790558688604051998a9860808a528160808b0152838a0137870101528a850152604084015260608301528101030190a2604051908152f35b60248a8a7f2d15078a000000000000000000000000000000000000000000000000000000008252600452fd5b7ff0db5e2000000000000000000000000000000000000000000000000000000000600052600452661fffffffffffff60245260446000fd5b50661fffffffffffff811161084a565b7f9678d3840000000000000000000000000000000000000000000000000000000060005260046000fd5b837fb5eb3a2f0000000000000000000000000000000000000000000000000000000060005260045260ff60245260446000fd5b5060ff8411610820565b346101dd5760406003193601126101dd57600435610abb611277565b816000526003602052604060002067ffffffffffffffff8216600052602052604060002054918215610af257602083604051908152f35b67ffffffffffffffff9250610b06816115d9565b507fb21534e2000000000000000000000000000000000000000000000000000000006000526004521660245260446000fd5b346101dd5760206003193601126101dd5760a060043567ffffffffffffffff610b60826115d9565b916001830154906002838360401c1694015490600052600360205260406000208385166000526020526040600020549060405194855283831660208601526040850152606084015260801c166080820152f35b346101dd5760a06003193601126101dd57600435610bcf611277565b9060443591606435926084359167ffffffffffffffff83116101dd57366023840112156101dd5782600401359267ffffffffffffffff84116101dd573660248560051b830101116101dd5784600052600260205260406000209384549673ffffffffffffffffffffffffffffffffffffffff881633810361103a575060ff8860f01c166110005760ff8860e81c16610fd257600186019485549367ffffffffffffffff851667ffffffffffffffff8660401c169167ffffffffffffffff88169b828d1115610ee757661fffffffffffff8d11610eae5767ffffffffffffffff610cb8848b6112cd565b818360a01c169182911611610e65575060e01c60ff16958a858a86158015610e5d575b15610e46575050509050155b15610e10575067ffffffffffffffff8114610de157828267ffffffffffffffff978160027f49bb05df5b148c3dd1656b76c4fd4f1a9ce1db04ab25a0261b06f48c0432ede39c8f9c6fffffffffffffffff00000000000000009b60a09e6001610da29a019d8e917fffffffffffffffff00000000000000000000000000000000000000000000000077ffffffffffffffff000000000000000000000000000000004360801b169416179160401b16171790550155878c61158d565b886000526003602052604060002086861660005260205260406000205560405198468a5260208a015260408901526060880152151560808701521693a3005b7f4e487b7100000000000000000000000000000000000000000000000000000000600052601160045260246000fd5b8a908a7fbb6db9dc0000000000000000000000000000000000000000000000000000000060005260045260245260445260646000fd5b60026024610e589601930154866113d7565b610ce7565b508915610cdb565b67ffffffffffffffff8d610e79868d6112cd565b907ff6b0e67b000000000000000000000000000000000000000000000000000000006000526004521660245260445260646000fd5b8c7fb785c19d00000000000000000000000000000000000000000000000000000000600052600452661fffffffffffff60245260446000fd5b50508684848d8d9486158015610fc9575b610f9557505090610f3091846000526003602052604060002067ffffffffffffffff871660005260205260406000205493868661158d565b14610f65577fa6a942fd0000000000000000000000000000000000000000000000000000000060005260045260245260446000fd5b7f0f565f720000000000000000000000000000000000000000000000000000000060005260045260245260446000fd5b857f14bf1ece0000000000000000000000000000000000000000000000000000000060005260045260245260445260646000fd5b50808210610ef8565b867ff09237bf0000000000000000000000000000000000000000000000000000000060005260045260246000fd5b86600187015460c01c907f148937580000000000000000000000000000000000000000000000000000000060005260045260245260446000fd5b879015611072577f2e187f65000000000000000000000000000000000000000000000000000000006000526004523360245260446000fd5b7f32dd4ea20000000000000000000000000000000000000000000000000000000060005260045260246000fd5b346101dd5760406003193601126101dd576004356110bb611254565b73ffffffffffffffffffffffffffffffffffffffff6110d98361137c565b91168015610a38578160409173ffffffffffffffffffffffffffffffffffffffff7f6ec6c3a7821e4b22bfb4176ec7d9ebdee61a08bcb5aade885274b3cebeba10df94541691817fffffffffffffffffffffffff000000000000000000000000000000000000000082541617905582519182526020820152a2005b346101dd5760006003193601126101dd5760015473ffffffffffffffffffffffffffffffffffffffff811633036111f5577fffffffffffffffffffffffff00000000000000000000000000000000000000006000549133828416176000551660015573ffffffffffffffffffffffffffffffffffffffff3391167f275720694d99bebae3e30a093350471a8a15db9c771974d841c724b07a55f392600080a3005b7fa15c9e8e000000000000000000000000000000000000000000000000000000006000523360045260246000fd5b346101dd5760006003193601126101dd5760209073ffffffffffffffffffffffffffffffffffffffff600154168152f35b6024359073ffffffffffffffffffffffffffffffffffffffff821682036101dd57565b6024359067ffffffffffffffff821682036101dd57565b67ffffffffffffffff7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff9116019067ffffffffffffffff8211610de157565b9067ffffffffffffffff8091169116039067ffffffffffffffff8211610de157565b610160810190811067ffffffffffffffff82111761130c57604052565b7f4e487b7100000000000000000000000000000000000000000000000000000000600052604160045260246000fd5b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff82111761130c57604052565b90611385611609565b61138e826115d9565b9160ff835460f01c1661139e5750565b600183015460c01c907f148937580000000000000000000000000000000000000000000000000000000060005260045260245260446000fd5b9492919493909367ffffffffffffffff81168015801561157a575b61156e5767ffffffffffffffff87161461155d5761142367ffffffffffffffff61141c819361128e565b169661128e565b16955b60018087161461154e5784926000958761152e575b9392919083989796985b868a10156115025788156114f3578960051b840135946001808a161480156114ea575b156114d0579061147f61148592879b9a989b611658565b95611658565b945b6001811615806114c7575b156114a45760011c9660011c96611487565b6001909891929394959697985b811c98811c990198979695949392919094611445565b50801515611492565b95919293946114e490600192999899611658565b966114b1565b50898914611468565b50509650505050505050600090565b9550955096505093159384611524575b50508261151e57505090565b14919050565b1492503880611512565b959093508415611544575081359260019561143b565b9650945050505050565b959460011c9460011c95611426565b505091925015918261151e57505090565b50505050505050600090565b5067ffffffffffffffff871681116113f2565b939167ffffffffffffffff9093919381604051956020870197468952604088015216606086015216608084015260a083015260c082015260c081526115d360e08261133b565b51902090565b9081600052600260205260406000209173ffffffffffffffffffffffffffffffffffffffff835416156110725750565b73ffffffffffffffffffffffffffffffffffffffff60005416330361162a57565b7f8b78c83f000000000000000000000000000000000000000000000000000000006000523360045260246000fd5b90604051917f01000000000000000000000000000000000000000000000000000000000000006020840152602183015260418201526041815261169c60618261133b565b6040519080519060005b8281106116d8575050818060009260209401838152039060025afa156116cc5760005190565b6040513d6000823e3d90fd5b80602080928401015181860152016116a656fea164736f6c6343000825000a';

/** keccak256 of the runtime code: the same for every deployment. */
export const ANCHOR_REGISTRY_CODE_HASH =
  '0x9701c1bee04000cbcf3723cc4ad01cad0dd251a5ebf1942fb83f80ad223c5a43';
