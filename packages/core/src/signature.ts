import type { Ed25519 } from './ed25519.ts';

/** Algorithms by which statements are signed (spec/encoding §5, §7). A key is of one of them for ever. */
export type SignatureAlgorithm = 'Ed25519' | 'ES256' | 'SM2';

/** A public key with all that verifying by it takes. */
export interface VerifyingKey {
  readonly alg: SignatureAlgorithm;
  /** 32 bytes of Ed25519; `04 ‖ x ‖ y`, 65 bytes, of the others. */
  readonly publicKey: Uint8Array;
  /** Of SM2 only: the signer's distinguishing identifier, which is hashed in front of what is signed. */
  readonly userId?: string | undefined;
}

/** Verification of ES256 signatures in the strict form of spec/encoding §7.1; never throws. */
export type Es256 = Ed25519;

/** Verification of SM2 signatures in the strict form of spec/encoding §7.2. */
export interface Sm2 {
  /** Verify a signature `r ‖ s` of 64 bytes by a public key of 65 bytes and its user id; never throws. */
  verify(input: {
    readonly message: Uint8Array;
    readonly signature: Uint8Array;
    readonly publicKey: Uint8Array;
    readonly userId: string;
  }): boolean;
}

/** Something that signs: a key in memory, a key file, a KMS or an HSM. */
export interface Signer {
  /** Ed25519 unless given. */
  readonly alg?: SignatureAlgorithm | undefined;
  /** As a `VerifyingKey` has it. */
  readonly publicKey: Uint8Array;
  /**
   * Sign `message`, giving 64 bytes: of ES256 and SM2 `r ‖ s` (`parseDerSignature` makes it of what most devices give). The message is
   * whole: who signs with SM2 hashes it behind the Z of its own user id, which must be that of the key's record.
   */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}
