// Reductions outside of kernels, in NumPy's order whatever the layout.
#include <algorithm>
#include <vector>

#include "ir/element.h"
#include "ir/error.h"
#include "ir/pairwise.h"
#include "runtime/layout.h"
#include "runtime/loops.h"
#include "runtime/reduce_order.h"

namespace runtime {

namespace {

// What T is summed in.
template <class T>
using Computed = std::conditional_t<ir::detail::half<T>, float, T>;
// NumPy keeps a run of float16 in float; bfloat16, which it has from ml_dtypes, has plain loops.
template <class T>
constexpr bool rounds_each_step = std::is_same_v<T, ir::Bfloat>;

// Axes that are walked together, the fastest first: those of a run, or all others.
struct Nest {
  int rank = 0;
  int64_t count = 1;
  std::array<int64_t, max_rank> size{}, from{}, to{};

  void push(int64_t n, int64_t in, int64_t out) {
    if (rank > 0 && from[size_t(rank - 1)] * size[size_t(rank - 1)] == in &&
        to[size_t(rank - 1)] * size[size_t(rank - 1)] == out) {
      size[size_t(rank - 1)] *= n;
    } else {
      size[size_t(rank)] = n;
      from[size_t(rank)] = in;
      to[size_t(rank++)] = out;
    }
    count *= n;
  }
  int64_t inner() const { return rank > 0 ? size[0] : 1; }
};

// Calls body(in, out) for every index of the axes from `first` on.
template <class Body>
void walk(const Nest& n, int first, const char* in, char* out, Body body) {
  std::array<int64_t, max_rank> at{};
  while (true) {
    body(in, out);
    int k = first;
    for (; k < n.rank; ++k) {
      const auto a = size_t(k);
      in += n.from[a];
      out += n.to[a];
      if (++at[a] < n.size[a]) break;
      in -= n.from[a] * n.size[a];
      out -= n.to[a] * n.size[a];
      at[a] = 0;
    }
    if (k >= n.rank) return;
  }
}

// A reduction as NumPy walks it: runs, and what is around them. Without a run the fastest axis is
// kept: rows are added to each other.
struct Reduction {
  Nest run, rest;
  int64_t piece = 1;  // elements of a run that one call takes
};

Reduction described(const Tensor& in, const AxisSet& reduced, const Tensor& out,
                    const ReduceOrder& order) {
  Reduction r;
  for (int i = 0; i < order.count; ++i) {
    const auto k = size_t(order.axes[size_t(i)]);
    (i < order.run ? r.run : r.rest)
        .push(in.shape[k], in.strides[k], reduced[k] ? 0 : out.strides[k]);
  }
  r.piece = order.piece;
  return r;
}

// Adds what makes one call of NumPy's inner loop to an element of the result.
template <class T>
void add(char* to, Computed<T> x) {
  T& total = *reinterpret_cast<T*>(to);
  total = ir::convert<T>(ir::convert<Computed<T>>(total) + x);
}

template <class T>
void sum(const Reduction& r, const char* in, char* out) {
  using C = Computed<T>;
  const auto element = [](const char* p) { return ir::convert<C>(*reinterpret_cast<const T*>(p)); };
  if (r.run.rank == 0) {
    const int64_t n = r.rest.inner(), from = r.rest.from[0], to = r.rest.to[0];
    walk(r.rest, 1, in, out, [&](const char* x, char* y) {
      for (int64_t i = 0; i < n; ++i) add<T>(y + i * to, element(x + i * from));
    });
    return;
  }
  const auto pieces = [&](char* y, auto at) {
    for (int64_t i = 0; i < r.run.count; i += r.piece)
      add<T>(y, ir::pairwise_tree<C>(at, i, std::min(r.piece, r.run.count - i)));
  };
  std::vector<C> gathered(r.run.rank > 1 ? size_t(r.run.count) : 0);
  walk(r.rest, 0, in, out, [&](const char* x, char* y) {
    if (r.run.rank == 1) {
      const int64_t stride = r.run.from[0];
      return pieces(y, [&](int64_t i) { return element(x + i * stride); });
    }
    auto next = gathered.begin();
    walk(r.run, 0, x, y, [&](const char* p, char*) { *next++ = element(p); });
    pieces(y, [&](int64_t i) { return gathered[size_t(i)]; });
  });
}

// One element after the other. 16-bit floats are wider within a call, and rounded after it.
template <class T, class Step>
void fold(const Reduction& r, const char* in, char* out, Step step) {
  if (r.run.rank == 0) {
    const int64_t n = r.rest.inner(), from = r.rest.from[0], to = r.rest.to[0];
    walk(r.rest, 1, in, out, [&](const char* x, char* y) {
      for (int64_t i = 0; i < n; ++i, x += from, y += to)
        ir::store<T>(y, step(ir::load<T>(y), ir::load<T>(x)));
    });
    return;
  }
  walk(r.rest, 0, in, out, [&](const char* x, char* y) {
    ir::Operand<T> a = ir::load<T>(y);
    int64_t left = r.piece;
    walk(r.run, 1, x, y, [&](const char* p, char*) {
      for (int64_t i = 0; i < r.run.size[0]; ++i, p += r.run.from[0]) {
        a = step(a, ir::load<T>(p));
        if (!rounds_each_step<T> && --left > 0) continue;
        a = ir::operand(T(ir::element<T>(a)));
        left = r.piece;
      }
    });
    ir::store<T>(y, a);
  });
}

template <class T, class Step>
void place(const Reduction& r, const char* in, char* out, Step step) {
  walk(r.rest, 0, in, out, [&](const char* x, char* y) {
    ir::Operand<T> best = ir::load<T>(x);
    int64_t next = 0, found = 0;
    walk(r.run, 0, x, y, [&](const char* p, char*) {
      const auto value = ir::load<T>(p);
      if (next > 0 && ir::replaces(best, step(best, value)).v) {
        best = value;
        found = next;
      }
      ++next;
    });
    *reinterpret_cast<int64_t*>(y) = found;
  });
}

// Starts every element of the result: `elements` with the first that it reduces.
template <class T, class First>
void start(const Nest& kept, bool elements, const char* in, char* out, First first) {
  walk(kept, 0, in, out, [&](const char* x, char* y) {
    // With no elements only an identity, which does not look at its operand, is ever asked for.
    ir::store<T>(y, first(elements ? ir::load<T>(x) : ir::Operand<T>{}));
  });
}

struct Reducer {
  void (*start)(const Nest&, bool, const char*, char*) = nullptr;
  void (*run)(const Reduction&, const char*, char*) = nullptr;
};

template <class T, class First, class Step, ir::Rule rule>
constexpr Reducer reducer() {
  if constexpr (rule == ir::Rule::place) {
    return {nullptr,
            [](const Reduction& r, const char* in, char* out) { place<T>(r, in, out, Step{}); }};
  } else {
    return {[](const Nest& n, bool elements, const char* in, char* out) {
              start<T>(n, elements, in, out, First{});
            },
            [](const Reduction& r, const char* in, char* out) { fold<T>(r, in, out, Step{}); }};
  }
}

Reducer find_reducer(ir::Op op, ir::DType t) {
  Reducer found;
  ir::visit_reduce(op, [&](auto row, auto first, auto step) {
    ir::visit(t, [&](auto tag) {
      using T = decltype(tag);
      if constexpr (ir::computes<T>(row))
        found = reducer<T, decltype(first), decltype(step), row.value>();
    });
  });
  if (op != ir::Op::sum && op != ir::Op::buffered_sum) return found;
  ir::visit(t, [&](auto tag) {
    using T = decltype(tag);
    if constexpr (!std::is_integral_v<T> && !std::is_same_v<T, ir::Bfloat>) found.run = &sum<T>;
  });
  return found;
}

// Places are counted in C order.
ReduceOrder counting_order(const Tensor& in, const AxisSet& reduced) {
  ReduceOrder order;
  for (const bool run : {true, false}) {
    for (int k = in.rank - 1; k >= 0; --k) {
      if (reduced[size_t(k)] == run) order.axes[size_t(order.count++)] = int8_t(k);
    }
    if (run) order.run = order.count;
  }
  return order;
}

}  // namespace

void reduce(ir::Op op, const Tensor& in, std::span<const int64_t> axes, const Tensor& out,
            const Tensor* walked_as) {
  const Reducer reducer = find_reducer(op, in.dtype);
  if (!reducer.run) throw ir::Unsupported(std::string(ir::info(op).name) + " of this dtype");
  AxisSet reduced{};
  for (int64_t a : axes) reduced[size_t(a)] = true;
  if (out.size() == 0) return;
  if (reducer.start) {
    Nest kept;
    for (int k = in.rank - 1; k >= 0; --k) {
      if (!reduced[size_t(k)])
        kept.push(in.shape[size_t(k)], in.strides[size_t(k)], out.strides[size_t(k)]);
    }
    reducer.start(kept, in.size() > 0, in.data, out.data);
  }
  if (in.size() == 0) return;
  const bool cast = op == ir::Op::buffered_sum;
  const ReduceOrder order = reducer.start ? reduce_order(walked_as ? *walked_as : in, reduced, cast)
                                          : counting_order(in, reduced);
  reducer.run(described(in, reduced, out, order), in.data, out.data);
}

}  // namespace runtime
