// Elements and places where a mask holds.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "runtime/calls/calls.h"
#include "runtime/copy.h"
#include "runtime/layout.h"

namespace runtime::calls {

namespace {

// Calls f(pointers, n) for the rows of a mask and of tensors whose leading axes are the mask's, in
// C order; all are one row if memory is. f returns false to end.
template <size_t count, class F>
bool each_row(const Tensor& mask, std::array<const Tensor*, count> others, F&& f) {
  std::array<const Tensor*, count + 1> all{&mask};
  std::copy(others.begin(), others.end(), all.begin() + 1);
  // The trailing axes over which every tensor moves on by equal steps are one.
  int inner = mask.rank - 1;
  int64_t length = mask.shape[size_t(inner)];
  const auto joins = [&](int k) {
    for (const Tensor* t : all) {
      const size_t a = size_t(k);
      if (t->strides[a] != t->strides[a + 1] * mask.shape[a + 1]) return false;
    }
    return true;
  };
  const int last = inner;
  while (inner > 0 && joins(inner - 1)) length *= mask.shape[size_t(--inner)];
  std::array<char*, count + 1> at;
  std::array<int64_t, count + 1> step;
  for (size_t i = 0; i <= count; ++i) {
    at[i] = all[i]->data;
    step[i] = all[i]->strides[size_t(last)];
  }
  if (mask.size() == 0) return true;
  std::array<int64_t, max_rank> position{};
  for (;;) {
    if (!f(at, step, length)) return false;
    int k = inner - 1;
    for (; k >= 0; --k) {
      const size_t a = size_t(k);
      for (size_t i = 0; i <= count; ++i) at[i] += all[i]->strides[a];
      if (++position[a] < mask.shape[a]) break;
      for (size_t i = 0; i <= count; ++i) at[i] -= all[i]->strides[a] * mask.shape[a];
      position[a] = 0;
    }
    if (k < 0) return true;
  }
}

int64_t count_true(const Tensor& mask) {
  int64_t total = 0;
  each_row<0>(mask, {}, [&](auto& at, auto& step, int64_t n) {
    if (step[0] != 1) {
      for (int64_t i = 0; i < n; ++i) total += at[0][i * step[0]] != 0;
      return true;
    }
    for (int64_t done = 0; done < n;) {  // sums of bytes that cannot overflow
      const int64_t end = done + 255 * 64 < n ? done + 255 * 64 : n;
      int64_t sum = 0;
      for (; done < end; ++done) sum += at[0][done] != 0;
      total += sum;
    }
    return true;
  });
  return total;
}

// Bit k is set where byte k of 64 is not 0, whatever else it is: a mask may be a view of other
// bytes.
#ifdef __SSE2__
uint64_t bits_of(const char* mask) {
  uint64_t zeros = 0;
  for (int k = 0; k < 64; k += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(mask + k));
    const int found = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_setzero_si128()));
    zeros |= uint64_t(uint32_t(found)) << k;
  }
  return ~zeros;
}
#else
uint64_t bits_of(const char* mask) {
  constexpr uint64_t each = 0x0101010101010101u, rest = 0x7f * each;
  uint64_t bits = 0;
  for (int k = 0; k < 64; k += 8) {
    uint64_t word;
    std::memcpy(&word, mask + k, 8);
    word = (((word & rest) + rest) | word) >> 7 & each;
    bits |= (word * 0x0102040810204080u >> 56) << k;
  }
  return bits;
}
#endif

// Part of a mask as bits, and where it holds.
struct Block {
  static constexpr int words = 32, bytes = 64 * words;

  // Finds the bits of so many bytes, a multiple of 64; gives how many are set.
  int load(const char* mask, int64_t n) {
    count = int(n / 64);
    int set = 0;
    for (int w = 0; w < count; ++w) {
      bits[w] = bits_of(mask + int64_t(w) * 64);
      set += std::popcount(bits[w]);
    }
    return set;
  }

  // The places in order, of which there are so many. Where most words have some, four are written
  // whatever the bits, which no branch then depends on.
  void list(int32_t* places, int many) const {
    if (many < count) {
      for (int w = 0; w < count; ++w)
        for (uint64_t rest = bits[w]; rest != 0; rest &= rest - 1)
          *places++ = int32_t(w * 64 + std::countr_zero(rest));
      return;
    }
    for (int w = 0; w < count; ++w) {
      uint64_t rest = bits[w];
      const int set = std::popcount(rest);
      for (int k = 0; k < set || k < 4; ++k, rest &= rest - 1)
        places[k] = int32_t(w * 64 + (std::countr_zero(rest) & 63));
      places += set;
    }
  }

  uint64_t bits[words];
  int count = 0;
};

// Elements in a row of `out`, one behind the other.
template <class T>
struct Elements {
  static constexpr bool cheap = true;  // what nobody wants costs no more than a list of places
  static constexpr int64_t bytes = sizeof(T);

  void take(const char* from, int64_t k) const {
    std::memcpy(out + k * int64_t(sizeof(T)), from, sizeof(T));
  }

  char* out;
};

// Parts that are one block of memory on both sides.
struct Blocks {
  static constexpr bool cheap = false;

  void take(const char* from, int64_t k) const {
    char* to = out + k * bytes;
    if (bytes % 8 != 0 || bytes > 128) {
      std::memcpy(to, from, size_t(bytes));
      return;
    }
    for (int64_t i = 0; i < bytes; i += 8) std::memcpy(to + i, from + i, 8);
  }

  char* out;
  int64_t bytes;
};

// What lies where the mask holds goes to places 0, 1, ...; gives how many there are, or more than
// `room`. All that stand in a block are written without a branch on the mask where they are many:
// the one behind the last is overwritten by the next, and is always inside `out`.
template <class To>
int64_t pack(char* const* at, const int64_t* step, int64_t n, const To& to, int64_t room) {
  const char *mask = at[0], *in = at[1];
  int64_t filled = 0, i = 0;
  Block block;
  int32_t places[Block::bytes + 4];
  while (step[0] == 1 && i + 64 <= n) {
    const int64_t now = std::min<int64_t>(Block::bytes, (n - i) & ~int64_t(63));
    const int set = block.load(mask + i, now);
    if (set > room - filled) return room + 1;
    const char* from = in + i * step[1];
    if (set == now && step[1] == to.bytes) {
      std::memcpy(to.out + filled * step[1], from, size_t(now * step[1]));
      filled += now;
    } else if (To::cheap && set > now / 6 && filled + now <= room) {
      for (int64_t k = 0; k < now; ++k) {
        to.take(from + k * step[1], filled);
        filled += mask[i + k] != 0;
      }
    } else if (set != 0) {
      block.list(places, set);
      for (int k = 0; k < set; ++k) to.take(from + places[k] * step[1], filled++);
    }
    i += now;
  }
  for (; i < n; ++i) {
    if (!mask[i * step[0]]) continue;
    if (filled == room) return room + 1;
    to.take(in + i * step[1], filled++);
  }
  return filled;
}

// `to(place)` takes what goes to a place of `out` and behind it.
template <class F>
bool pack_rows(const Tensor& in, const Tensor& mask, const Tensor& out, F&& to) {
  int64_t filled = 0;
  const bool fits = each_row<1>(mask, {&in}, [&](auto& at, auto& step, int64_t n) {
    const int64_t room = out.shape[0] - filled;
    const int64_t packed =
        pack(at.data(), step.data(), n, to(out.data + filled * out.strides[0]), room);
    filled += packed;
    return packed <= room;
  });
  return fits && filled == out.shape[0];
}

// A tensor without its first `axes` axes, at some place.
Tensor below(const Tensor& t, int axes, char* data) {
  Tensor part = t;
  part.owner.reset();
  part.data = data;
  part.rank = int8_t(t.rank - axes);
  for (int k = 0; k < part.rank; ++k) {
    part.shape[size_t(k)] = t.shape[size_t(k + axes)];
    part.strides[size_t(k)] = t.strides[size_t(k + axes)];
  }
  return part;
}

bool compress_parts(const Tensor& in, const Tensor& mask, const Tensor& out) {
  const Tensor part = below(in, mask.rank, in.data);
  if (part.c_contiguous() && below(out, 1, out.data).c_contiguous()) {
    const int64_t bytes = part.size() * part.itemsize();
    if (bytes != 0 && out.strides[0] == bytes)
      return pack_rows(in, mask, out, [&](char* to) { return Blocks{to, bytes}; });
  }
  int64_t filled = 0;
  const bool fits = each_row<1>(mask, {&in}, [&](auto& at, auto& step, int64_t n) {
    for (int64_t i = 0; i < n; ++i) {
      if (!at[0][i * step[0]]) continue;
      if (filled == out.shape[0]) return false;
      copy(below(out, 1, out.data + filled++ * out.strides[0]),
           below(in, mask.rank, at[1] + i * step[1]));
    }
    return true;
  });
  return fits && filled == out.shape[0];
}

struct Pair {
  int64_t words[2];
};

// f<T>() for the T that is as wide as an element.
template <class F>
auto by_width(int bytes, F&& f) {
  switch (bytes) {
    case 1: return f.template operator()<uint8_t>();
    case 2: return f.template operator()<uint16_t>();
    case 4: return f.template operator()<uint32_t>();
    case 8: return f.template operator()<uint64_t>();
    default: return f.template operator()<Pair>();
  }
}

}  // namespace

// Both are told how many there are: where there are none, nobody has to look for them again.

bool compress(const Tensor& in, const Tensor& mask, const Tensor& out) {
  if (out.shape[0] == 0) return true;
  if (mask.rank < in.rank) return compress_parts(in, mask, out);
  return by_width(in.itemsize(), [&]<class T>() -> bool {
    return pack_rows(in, mask, out, [](char* to) { return Elements<T>{to}; });
  });
}

bool nonzero(const Tensor& mask, int axis, const Tensor& out) {
  if (out.shape[0] == 0) return true;
  auto* to = reinterpret_cast<int64_t*>(out.data);
  int64_t filled = 0, passed = 0, block = 1;
  for (int k = axis + 1; k < mask.rank; ++k) block *= mask.shape[size_t(k)];
  const int64_t extent = mask.shape[size_t(axis)], room = out.shape[0];
  const bool fits = each_row<0>(mask, {}, [&](auto& at, auto& step, int64_t n) {
    const char* m = at[0];
    int64_t i = 0;
    Block part;
    int32_t places[Block::bytes + 4];
    while (step[0] == 1 && i + 64 <= n) {
      const int64_t now = std::min<int64_t>(Block::bytes, (n - i) & ~int64_t(63));
      const int set = part.load(m + i, now);
      if (set > room - filled) return false;
      if (set > now / 6 && filled + now <= room) {
        for (int64_t k = 0; k < now; ++k) {
          to[filled] = passed + i + k;
          filled += m[i + k] != 0;
        }
      } else {
        part.list(places, set);
        for (int k = 0; k < set; ++k) to[filled++] = passed + i + places[k];
      }
      i += now;
    }
    for (; i < n; ++i) {
      if (!m[i * step[0]]) continue;
      if (filled == room) return false;
      to[filled++] = passed + i;
    }
    passed += n;
    return true;
  });
  if (axis != 0 || mask.rank != 1)
    for (int64_t i = 0; i < filled; ++i) to[i] = to[i] / block % extent;
  return fits && filled == room;
}

bool place(const Tensor& to, const Tensor& mask, const Tensor& values) {
  const int64_t room = values.shape[0];
  if (count_true(mask) != room) return false;
  const char* from = values.data;
  each_row<1>(mask, {&to}, [&](auto& at, auto& step, int64_t n) {
    return by_width(to.itemsize(), [&]<class T>() -> bool {
      for (int64_t i = 0; i < n; ++i) {
        if (!at[0][i * step[0]]) continue;
        std::memcpy(at[1] + i * step[1], from, sizeof(T));
        from += values.strides[0];
      }
      return true;
    });
  });
  return true;
}

}  // namespace runtime::calls
