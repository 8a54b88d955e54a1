//! Queues of crates.io.

use crate::contenders::each::Queue;
use crate::shared;

/// rtrb 0.4 keeps its ring on the heap; here the heap is shared memory while one is made. Bytes, a message a slice of
/// them, the fastest that it has for more than some machine words.
pub struct Rtrb(rtrb::Producer<u8>, rtrb::Consumer<u8>);

impl Rtrb {
    pub fn new(capacity: usize) -> Rtrb {
        let (producer, consumer) = shared::heap(|| rtrb::RingBuffer::new(capacity));
        Rtrb(producer, consumer)
    }
}

impl Queue for Rtrb {
    fn try_put(&mut self, msg: &[u8]) -> bool {
        self.0.push_entire_slice(msg).is_ok()
    }

    fn try_take(&mut self, buf: &mut [u8]) -> bool {
        self.1.pop_entire_slice(buf).is_ok()
    }
}

/// rtrb with items of the size of a message.
pub struct RtrbItems<const SIZE: usize>(rtrb::Producer<[u8; SIZE]>, rtrb::Consumer<[u8; SIZE]>);

impl<const SIZE: usize> RtrbItems<SIZE> {
    pub fn new(count: usize) -> Self {
        let (producer, consumer) = shared::heap(|| rtrb::RingBuffer::new(count));
        Self(producer, consumer)
    }
}

impl<const SIZE: usize> Queue for RtrbItems<SIZE> {
    fn try_put(&mut self, msg: &[u8]) -> bool {
        self.0.push(msg.try_into().expect("of that size")).is_ok()
    }

    fn try_take(&mut self, buf: &mut [u8]) -> bool {
        match self.1.pop() {
            Ok(item) => {
                buf.copy_from_slice(&item);
                true
            }
            Err(_) => false,
        }
    }
}

/// shmem-ipc 0.3, its ring alone: without the eventfds, which are a write a message when the ring was empty. Items of
/// the size of a message.
pub struct ShmemIpc<const SIZE: usize>(
    shmem_ipc::ringbuf::Sender<Item<SIZE>>,
    shmem_ipc::ringbuf::Receiver<Item<SIZE>>,
);

type Item<const SIZE: usize> = [u8; SIZE];

impl<const SIZE: usize> ShmemIpc<SIZE> {
    pub fn new(count: usize) -> Self {
        let len = shmem_ipc::ringbuf::channel_bufsize::<Item<SIZE>>(count);
        let at = shared::map(len);
        // SAFETY: mapped, for ever, and so long.
        let (sender, receiver) = unsafe {
            (shmem_ipc::ringbuf::Sender::attach(at, len), shmem_ipc::ringbuf::Receiver::attach(at, len))
        };
        Self(sender.expect("a ring"), receiver.expect("a ring"))
    }
}

impl<const SIZE: usize> Queue for ShmemIpc<SIZE> {
    fn try_put(&mut self, msg: &[u8]) -> bool {
        assert_eq!(msg.len(), SIZE);
        let mut done = false;
        let sent = self.0.send(|to, _| {
            // SAFETY: room for an item at least.
            unsafe { to.cast::<u8>().copy_from_nonoverlapping(msg.as_ptr(), SIZE) };
            done = true;
            1
        });
        sent.is_ok() && done
    }

    fn try_take(&mut self, buf: &mut [u8]) -> bool {
        assert_eq!(buf.len(), SIZE);
        let mut done = false;
        let taken = self.1.recv(|from, _| {
            // SAFETY: an item at least.
            unsafe { buf.as_mut_ptr().copy_from_nonoverlapping(from.cast::<u8>(), SIZE) };
            done = true;
            1
        });
        taken.is_ok() && done
    }
}

/// iceoryx2 0.10, publish-subscribe: one publisher and one subscriber, no history, nothing lost when the buffer is full,
/// a buffer of many samples, and a copy in and a copy out as for all others. Its ports are made behind the fork.
pub struct Iceoryx2 {
    size: usize,
    count: usize,
    name: String,
    node: Option<iceoryx2::prelude::Node<Ipc>>,
    pub publisher: Option<iceoryx2::port::publisher::Publisher<Ipc, [u8], ()>>,
    pub subscriber: Option<iceoryx2::port::subscriber::Subscriber<Ipc, [u8], ()>>,
}

type Ipc = iceoryx2::prelude::ipc::Service;

impl Iceoryx2 {
    pub fn new(size: usize, count: usize) -> Self {
        use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("{}/{}", shared::debris(), COUNT.fetch_add(1, Relaxed));
        Iceoryx2 { size, count, name, node: None, publisher: None, subscriber: None }
    }

    fn service(&mut self) -> iceoryx2::service::port_factory::publish_subscribe::PortFactory<Ipc, [u8], ()> {
        use iceoryx2::prelude::*;
        let mut config = Config::default();
        config.global.prefix = shared::debris().as_str().try_into().expect("a file name");
        let root = format!("/tmp/{}", shared::debris());
        config.global.set_root_path(&root.as_str().try_into().expect("a path"));
        iceoryx2::prelude::set_log_level(LogLevel::Fatal);
        let node = NodeBuilder::new().config(&config).create::<Ipc>().expect("a node");
        let service = node
            .service_builder(&self.name.as_str().try_into().expect("a name"))
            .publish_subscribe::<[u8]>()
            .max_publishers(1)
            .max_subscribers(1)
            .max_nodes(2)
            .history_size(0)
            .enable_safe_overflow(false)
            .subscriber_max_buffer_size(self.count)
            .subscriber_max_borrowed_samples(1)
            .open_or_create()
            .expect("a service");
        self.node = Some(node);
        service
    }
}

impl Queue for Iceoryx2 {
    fn producer_is_here(&mut self) {
        use iceoryx2::prelude::BackpressureStrategy;
        let publisher = self
            .service()
            .publisher_builder()
            .initial_max_slice_len(self.size)
            .max_loaned_samples(1)
            .backpressure_strategy(BackpressureStrategy::RetryUntilDelivered)
            .create()
            .expect("a publisher");
        self.publisher = Some(publisher);
    }

    fn consumer_is_here(&mut self) {
        self.subscriber = Some(self.service().subscriber_builder().create().expect("a subscriber"));
    }

    fn try_put(&mut self, msg: &[u8]) -> bool {
        let Some(publisher) = &self.publisher else { return false };
        let sample = publisher.loan_slice_uninit(msg.len()).expect("a sample");
        sample.write_from_slice(msg).send().expect("sent");
        true
    }

    fn try_take(&mut self, buf: &mut [u8]) -> bool {
        let Some(subscriber) = &self.subscriber else { return false };
        match subscriber.receive().expect("received") {
            Some(sample) => {
                buf.copy_from_slice(sample.payload());
                true
            }
            None => false,
        }
    }
}
