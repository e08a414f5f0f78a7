//! Standard streams of a run. The host's own are read and written past the buffers of `std::io`, so that what the
//! program wrote is out when its call returns, and so that waiting for input sees all of it.

use crate::context::Deadline;
use crate::options::{Faults, Input, Output};
use std::io::{self, IsTerminal};
use std::time::Duration;

/// Standard input of a run.
pub(crate) enum Source {
    Bytes { bytes: Vec<u8>, at: usize },
    Host,
}

/// What a read came to.
pub(crate) enum Read {
    /// At most the bytes asked for; 0 at the end of input.
    Bytes(usize),
    /// The run's time was up before there was input.
    TimedOut,
}

impl Source {
    pub fn new(input: &Input) -> Source {
        match input {
            Input::Empty => Source::Bytes { bytes: Vec::new(), at: 0 },
            Input::Bytes(bytes) => Source::Bytes { bytes: bytes.clone(), at: 0 },
            Input::Inherit => Source::Host,
        }
    }

    pub fn is_terminal(&self) -> bool {
        matches!(self, Source::Host) && io::stdin().is_terminal()
    }

    pub fn read(&mut self, buffer: &mut [u8], deadline: Option<Deadline>) -> io::Result<Read> {
        match self {
            Source::Bytes { bytes, at } => {
                let n = buffer.len().min(bytes.len() - *at);
                buffer[..n].copy_from_slice(&bytes[*at..*at + n]);
                *at += n;
                Ok(Read::Bytes(n))
            }
            Source::Host => {
                if let Some(deadline) = deadline
                    && !host::wait_readable(Some(deadline.remaining()))?
                {
                    return Ok(Read::TimedOut);
                }
                host::read(buffer).map(Read::Bytes)
            }
        }
    }

    /// Waits until a read would not block, at most for `timeout`; `None` waits without end.
    pub fn wait_readable(&mut self, timeout: Option<Duration>) -> io::Result<bool> {
        match self {
            Source::Bytes { .. } => Ok(true),
            Source::Host => host::wait_readable(timeout),
        }
    }
}

/// One of the host's output streams.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum HostStream {
    Stdout,
    Stderr,
}

/// An output stream of a run.
pub(crate) struct Sink {
    output: Output,
    host: HostStream,
    pub captured: Vec<u8>,
    faults: Faults,
    written: u64,
}

impl Sink {
    pub fn new(output: Output, faults: Faults, host: HostStream) -> Sink {
        Sink { output, host, captured: Vec::new(), faults, written: 0 }
    }

    pub fn is_terminal(&self) -> bool {
        self.output == Output::Inherit
            && match self.host {
                HostStream::Stdout => io::stdout().is_terminal(),
                HostStream::Stderr => io::stderr().is_terminal(),
            }
    }

    /// Writes a part of the bytes, as the program does it; faults apply.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.faults.fail_write_after.is_some_and(|limit| self.written >= limit) {
            return Err(io::Error::other("a fault injected by the run's options"));
        }
        let n = bytes.len().min(self.faults.max_write.unwrap_or(usize::MAX));
        let n = self.write_some(&bytes[..n])?;
        self.written += n as u64;
        Ok(n)
    }

    /// Writes the host's own report; errors have nowhere to go.
    pub fn report(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match self.write_some(bytes) {
                Ok(n) if n > 0 => bytes = &bytes[n..],
                _ => return,
            }
        }
    }

    fn write_some(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.output {
            Output::Discard => Ok(bytes.len()),
            Output::Inherit => host::write(self.host, bytes),
            Output::Capture => {
                let n = bytes.len().min(Output::CAPTURE_MAX - self.captured.len());
                if n == 0 && !bytes.is_empty() {
                    return Err(io::ErrorKind::StorageFull.into());
                }
                self.captured.extend_from_slice(&bytes[..n]);
                Ok(n)
            }
        }
    }
}

#[cfg(unix)]
mod host {
    use super::HostStream;
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::{Errno, read as read_fd, retry_on_intr, write as write_fd};
    use std::io;
    use std::time::Duration;

    pub fn read(buffer: &mut [u8]) -> io::Result<usize> {
        Ok(retry_on_intr(|| read_fd(io::stdin(), &mut *buffer))?)
    }

    pub fn write(stream: HostStream, bytes: &[u8]) -> io::Result<usize> {
        Ok(retry_on_intr(|| match stream {
            HostStream::Stdout => write_fd(io::stdout(), bytes),
            HostStream::Stderr => write_fd(io::stderr(), bytes),
        })?)
    }

    /// A signal may end the wait early; then it is not readable yet, and callers ask again.
    pub fn wait_readable(timeout: Option<Duration>) -> io::Result<bool> {
        let timeout = timeout.map(|t| Timespec {
            tv_sec: t.as_secs().try_into().unwrap_or(i64::MAX),
            tv_nsec: t.subsec_nanos().into(),
        });
        let stdin = io::stdin();
        let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
        match poll(&mut fds, timeout.as_ref()) {
            Ok(ready) => Ok(ready > 0),
            Err(Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// Without `poll`, input counts as always readable: a read may outlast the run's time.
#[cfg(not(unix))]
mod host {
    use super::HostStream;
    use std::io::{self, Read, Write};
    use std::time::Duration;

    pub fn read(buffer: &mut [u8]) -> io::Result<usize> {
        io::stdin().lock().read(buffer)
    }

    pub fn write(stream: HostStream, bytes: &[u8]) -> io::Result<usize> {
        match stream {
            HostStream::Stdout => {
                let mut out = io::stdout().lock();
                out.write_all(bytes)?;
                out.flush()?;
            }
            HostStream::Stderr => io::stderr().lock().write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    pub fn wait_readable(_timeout: Option<Duration>) -> io::Result<bool> {
        Ok(true)
    }
}
