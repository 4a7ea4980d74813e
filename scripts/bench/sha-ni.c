// The limit that the tree bench is held against: all nodes of an RFC 9162 tree, hashed in one loop on the processor's own SHA-256
// instructions (SHA extensions of x86), LANES nodes side by side, so that one fills the waiting times of another. Reads a file of leaf
// hashes; prints the least processor time of five runs in milliseconds, and the root.
//   cc -O3 -msha -msse4.1 -DLANES=3 sha-ni.c -o sha-ni && ./sha-ni leaves.bin
#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EACH for (int l = 0; l < LANES; l++)
#define UNROLL _Pragma("GCC unroll 16")

static const uint32_t K[64] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

// The instructions hold the state as ABEF and CDGH, highest word first.
typedef struct {
  __m128i abef, cdgh;
} State;

// One block of each lane: sixteen times four rounds, the schedule computed beside them.
static inline __attribute__((always_inline)) void compress(State s[LANES], __m128i m[LANES][4]) {
  State begin[LANES];
  EACH begin[l] = s[l];
  UNROLL for (int r = 0; r < 16; r++) {
    __m128i k = _mm_loadu_si128((const __m128i *)&K[4 * r]);
    UNROLL EACH {
      __m128i *now = &m[l][r % 4], *next = &m[l][(r + 1) % 4], *last = &m[l][(r + 3) % 4];
      __m128i word = _mm_add_epi32(*now, k);
      s[l].cdgh = _mm_sha256rnds2_epu32(s[l].cdgh, s[l].abef, word);
      if (r >= 3 && r < 15) {
        *next = _mm_add_epi32(*next, _mm_alignr_epi8(*now, *last, 4));
        *next = _mm_sha256msg2_epu32(*next, *now);
      }
      s[l].abef = _mm_sha256rnds2_epu32(s[l].abef, s[l].cdgh, _mm_shuffle_epi32(word, 0x0e));
      if (r >= 1 && r < 13) *last = _mm_sha256msg1_epu32(*last, *now);
    }
  }
  EACH {
    s[l].abef = _mm_add_epi32(s[l].abef, begin[l].abef);
    s[l].cdgh = _mm_add_epi32(s[l].cdgh, begin[l].cdgh);
  }
}

// Hash LANES pairs at `src`, which a byte precedes, to their parents at `dst`.
static inline __attribute__((always_inline)) void nodes(const uint8_t *src, uint8_t *dst) {
  const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  const __m128i first = _mm_set_epi32(-1, -1, -1, 0x00ffffff), prefix = _mm_set_epi32(0, 0, 0, 0x01000000);
  State s[LANES];
  __m128i m[LANES][4];
  EACH {
    s[l].abef = _mm_set_epi32(0x6a09e667, 0xbb67ae85, 0x510e527f, 0x9b05688c);
    s[l].cdgh = _mm_set_epi32(0x3c6ef372, 0xa54ff53a, 0x1f83d9ab, 0x5be0cd19);
    UNROLL for (int i = 0; i < 4; i++) {
      m[l][i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(src + 64 * l + 16 * i - 1)), swap);
    }
    m[l][0] = _mm_or_si128(_mm_and_si128(m[l][0], first), prefix); // 0x01 ‖ left ‖ right
  }
  compress(s, m);
  EACH { // the last byte of right, the end mark, and the length of 520 bits
    m[l][0] = _mm_set_epi32(0, 0, 0, (int)((uint32_t)src[64 * l + 63] << 24 | 0x800000));
    m[l][1] = m[l][2] = _mm_setzero_si128();
    m[l][3] = _mm_set_epi32(520, 0, 0, 0);
  }
  compress(s, m);
  EACH {
    __m128i feba = _mm_shuffle_epi32(s[l].abef, 0x1b), dchg = _mm_shuffle_epi32(s[l].cdgh, 0xb1);
    __m128i abcd = _mm_blend_epi16(feba, dchg, 0xf0), efgh = _mm_alignr_epi8(dchg, feba, 8);
    _mm_storeu_si128((__m128i *)(dst + 32 * l), _mm_shuffle_epi8(abcd, swap));
    _mm_storeu_si128((__m128i *)(dst + 32 * l + 16), _mm_shuffle_epi8(efgh, swap));
  }
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

int main(int argc, char **argv) {
  FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
  if (!file || fseek(file, 0, SEEK_END) != 0) return 1;
  size_t count = (size_t)ftell(file) / 32, room = 32 * (count + 2 * LANES) + 64;
  rewind(file);
  uint8_t *leaves = malloc(room), *below = malloc(room), *above = malloc(room);
  if (!leaves || !below || !above || fread(leaves, 32, count, file) != count) return 1;
  memset(above, 0, room);
  double least = 1e9;
  for (int run = 0; run < 5; run++) {
    memset(below, 0, room);
    memcpy(below + 32, leaves, 32 * count);
    double begin = now();
    for (size_t n = count; n > 1; n = (n + 1) / 2) {
      size_t pairs = n / 2;
      for (size_t i = 0; i < pairs; i += LANES) nodes(below + 32 + 64 * i, above + 32 + 32 * i);
      if (n % 2 == 1) memcpy(above + 32 + 32 * pairs, below + 32 + 64 * pairs, 32); // goes up as it is
      uint8_t *other = below;
      below = above, above = other;
    }
    double took = now() - begin;
    if (took < least) least = took;
  }
  printf("%.3f ", least);
  for (int i = 0; i < 32; i++) printf("%02x", below[32 + i]);
  printf("\n");
  return 0;
}
