//! The command line of cargo's harness, as far as it means something here.

/// What was asked for.
pub struct Options {
    filters: Vec<String>,
    skips: Vec<String>,
    exact: bool,
    pub list: bool,
    pub nocapture: bool,
    pub no_fork: bool,
    pub threads: usize,
}

impl Options {
    pub fn parse() -> Options {
        let mut options = Options {
            filters: Vec::new(),
            skips: Vec::new(),
            exact: false,
            list: false,
            nocapture: false,
            no_fork: std::env::var_os("RAWIPC_NO_FORK").is_some(),
            threads: std::thread::available_parallelism().map_or(1, |n| n.get()),
        };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            let (flag, joined) = match arg.split_once('=') {
                Some((flag, value)) if flag.starts_with("--") => (flag, Some(value.to_owned())),
                _ => (arg.as_str(), None),
            };
            match flag {
                "--exact" => options.exact = true,
                "--list" => options.list = true,
                "--nocapture" | "--no-capture" => options.nocapture = true,
                "--no-fork" => options.no_fork = true,
                "--skip" => options.skips.extend(joined.or_else(|| args.next())),
                "--test-threads" => {
                    let n = joined.or_else(|| args.next()).and_then(|n| n.parse().ok());
                    options.threads = n.filter(|n| *n > 0).unwrap_or(options.threads);
                }
                // Flags of cargo's harness that take a value of their own.
                "--color" | "--format" | "--logfile" | "--report-time" | "--shuffle-seed" | "-Z"
                    if joined.is_none() =>
                {
                    args.next();
                }
                _ if flag.starts_with('-') => {}
                _ => options.filters.push(arg),
            }
        }
        options
    }

    pub fn wants(&self, name: &str) -> bool {
        let is_match = |filter: &String| if self.exact { name == filter } else { name.contains(filter) };
        let wanted = self.filters.is_empty() || self.filters.iter().any(is_match);
        wanted && !self.skips.iter().any(is_match)
    }
}
