// Boost.Lockfree's queue for one producer and one consumer, its slots inside of it, in memory that is shared.
#include <boost/lockfree/spsc_queue.hpp>
#include <cstddef>
#include <cstring>
#include <new>

template <size_t N> struct Message { unsigned char bytes[N]; };

template <size_t N, size_t COUNT> struct Queue {
    using Q = boost::lockfree::spsc_queue<Message<N>, boost::lockfree::capacity<COUNT>>;
    static size_t size() { return sizeof(Q); }
    static void make(void *at) { new (at) Q(); }
    static int put(void *at, const void *msg) {
        return static_cast<Q *>(at)->push(*static_cast<const Message<N> *>(msg));
    }
    static int take(void *at, void *msg) { return static_cast<Q *>(at)->pop(*static_cast<Message<N> *>(msg)); }
};

struct Table {
    size_t message;
    size_t (*size)();
    void (*make)(void *);
    int (*put)(void *, const void *);
    int (*take)(void *, void *);
};

#define ROW(N, COUNT) {N, Queue<N, COUNT>::size, Queue<N, COUNT>::make, Queue<N, COUNT>::put, Queue<N, COUNT>::take}

extern "C" const Table boost_table[] = {
    ROW(64, 16384), ROW(1024, 1024), ROW(4096, 1024), ROW(65536, 64), ROW(1048576, 4), {0, 0, 0, 0, 0},
};
