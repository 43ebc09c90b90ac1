//! What the person sees while we work: one line when a step starts, one when it is done, a table at the end.

use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// The steps so far, with their times.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    done: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    name: String,
    took: Duration,
    failure: Option<String>,
}

impl Steps {
    /// Does one step, and says so before and after.
    pub(crate) fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("• {name}");
        let start = Instant::now();
        let result = work();
        let took = start.elapsed();
        match &result {
            Ok(_) => println!("  done in {}", seconds(took)),
            Err(error) => {
                let error = error.to_string();
                let sentence = error.lines().next().unwrap_or_default();
                println!("  {name}: {sentence} (after {})", seconds(took));
            }
        }
        self.done.push(Step {
            name: name.to_owned(),
            took,
            failure: result.as_ref().err().map(ToString::to_string),
        });
        result
    }

    /// As `step`, for one whose failure must not keep the later ones from running. Being interrupted does.
    pub(crate) fn try_step(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> Result<bool> {
        match self.step(name, work) {
            Ok(()) => Ok(true),
            Err(Error::Interrupted) => Err(Error::Interrupted),
            Err(_) => Ok(false),
        }
    }

    /// Prints the times of all steps.
    pub(crate) fn print_times(&self) {
        let width = self.done.iter().map(|step| step.name.chars().count()).max().unwrap_or(0);
        let total: Duration = self.done.iter().map(|step| step.took).sum();
        println!("\nTimes");
        for Step { name, took, failure } in &self.done {
            let failed = if failure.is_some() { "  FAILED" } else { "" };
            println!("  {name:width$}  {:>8}{failed}", seconds(*took));
        }
        println!("  {:width$}  {:>8}", "all", seconds(total));
    }

    /// Prints again why steps failed, since a CI shows the end of a long run alone.
    pub(crate) fn print_failures(&self) {
        for Step { name, failure, .. } in &self.done {
            if let Some(failure) = failure {
                println!("\nFailed: {name}\n{failure}");
            }
        }
    }

    /// Fails with the names of the steps that failed, if any did.
    pub(crate) fn verdict(&self) -> Result<()> {
        let failed: Vec<_> =
            self.done.iter().filter(|step| step.failure.is_some()).map(|step| &*step.name).collect();
        if failed.is_empty() { Ok(()) } else { Err(Error::Tests(failed.join(", "))) }
    }
}

/// A length of time as people read it.
pub(crate) fn seconds(took: Duration) -> String {
    if took >= Duration::from_secs(90) {
        format!("{} min {:02} s", took.as_secs() / 60, took.as_secs() % 60)
    } else {
        format!("{:.1} s", took.as_secs_f64())
    }
}
