// Elements and places where a mask holds.
#include <algorithm>
#include <array>
#include <cstring>

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
      for (; done < end; ++done) sum += at[0][done];
      total += sum;
    }
    return true;
  });
  return total;
}

constexpr uint64_t all_true = 0x0101010101010101u;

// Elements of T where the mask holds. Runs of eight are written without a branch on the mask: the
// element behind the last one is overwritten by the next, and is always inside `out`.
template <class T>
int64_t pack(char* const* at, const int64_t* step, int64_t n, T* out, int64_t room) {
  const char *mask = at[0], *in = at[1];
  int64_t filled = 0, i = 0;
  const bool bytes = step[0] == 1, dense = step[1] == int64_t(sizeof(T));
  while (i + 8 <= n && filled + 8 <= room && bytes) {
    uint64_t word;
    std::memcpy(&word, mask + i, 8);
    if (word == all_true && dense) {
      std::memcpy(out + filled, in + i * int64_t(sizeof(T)), 8 * sizeof(T));
      filled += 8;
    } else if (word != 0) {
      for (int k = 0; k < 8; ++k) {
        std::memcpy(out + filled, in + (i + k) * step[1], sizeof(T));
        filled += mask[i + k];
      }
    }
    i += 8;
  }
  for (; i < n; ++i) {
    if (!mask[i * step[0]]) continue;
    if (filled == room) return room + 1;
    std::memcpy(out + filled++, in + i * step[1], sizeof(T));
  }
  return filled;
}

template <class T>
bool compress_elements(const Tensor& in, const Tensor& mask, const Tensor& out) {
  T* to = reinterpret_cast<T*>(out.data);
  int64_t left = out.shape[0];
  const bool fits = each_row<1>(mask, {&in}, [&](auto& at, auto& step, int64_t n) {
    const int64_t packed = pack(at.data(), step.data(), n, to, left);
    to += packed;
    left -= packed;
    return left >= 0;
  });
  return fits && left == 0;
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

bool compress(const Tensor& in, const Tensor& mask, const Tensor& out) {
  if (mask.rank < in.rank) return compress_parts(in, mask, out);
  return by_width(in.itemsize(),
                  [&]<class T>() -> bool { return compress_elements<T>(in, mask, out); });
}

bool nonzero(const Tensor& mask, int axis, const Tensor& out) {
  auto* to = reinterpret_cast<int64_t*>(out.data);
  int64_t filled = 0, passed = 0, block = 1;
  for (int k = axis + 1; k < mask.rank; ++k) block *= mask.shape[size_t(k)];
  const int64_t extent = mask.shape[size_t(axis)], room = out.shape[0];
  const bool fits = each_row<0>(mask, {}, [&](auto& at, auto& step, int64_t n) {
    const char* m = at[0];
    int64_t i = 0;
    while (step[0] == 1 && i + 8 <= n && filled + 8 <= room) {
      uint64_t word;
      std::memcpy(&word, m + i, 8);
      if (word != 0) {
        for (int k = 0; k < 8; ++k) {  // no branch on the mask
          to[filled] = passed + i + k;
          filled += m[i + k];
        }
      }
      i += 8;
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
