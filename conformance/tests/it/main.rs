//! The runner against the real mock, in one process and as a program. What each part does on its
//! own is tested beside the part.

#[cfg(test)]
mod certified;
#[cfg(test)]
mod clients;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod drift;
#[cfg(test)]
mod editions;
#[cfg(test)]
mod fuzz_api;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod program;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod results;
#[cfg(test)]
mod runs;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod stage;
mod workspaces;
