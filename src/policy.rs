//! What blocks. Pure: no clock, no environment, no state.

use std::time::Duration;

use crate::finding::{Confidence, Gap, GapReason, named};
use crate::outcome::{Finding, Status, Verdict};

/// Whether findings stop a commit or are only shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Block,
    Warn,
}
named!(Mode { Block = "block", Warn = "warn" });

/// What happens where something could not be examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnGap {
    /// Refuse: the verdict is undecided.
    Block,
    /// Say so and go on.
    Note,
}
named!(OnGap { Block = "block", Note = "note" });

/// Whether a hook gives up the right to write and to connect before it reads what it is to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sandbox {
    Off,
    /// As far as the kernel can.
    Auto,
    /// A kernel that cannot is an error.
    Require,
}
named!(Sandbox { Off = "off", Auto = "auto", Require = "require" });

/// The rules of decision, merged from all layers of configuration.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own"
)]
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    pub mode: Mode,
    pub block_at: Confidence,
    pub allow_inline: bool,
    /// Whether other scanners' comments on the line count too, which give no reason.
    pub foreign_inline: bool,
    /// Whether an allow entry must say why.
    pub require_reason: bool,
    /// Server: new is what no ref reaches, instead of what the object store lacks.
    pub strict: bool,
    /// Budget of the whole run.
    pub timeout: Option<Duration>,
    pub on_timeout: OnGap,
    /// Bytes of a blob beyond which it is not read.
    pub max_blob: u64,
    pub over_limit: OnGap,
    pub max_depth: usize,
    /// Findings shown in full.
    pub show: usize,
    pub sandbox: Sandbox,
}

impl Policy {
    /// What holds on a developer's machine until a file says otherwise.
    #[must_use]
    pub fn client() -> Self {
        Self {
            mode: Mode::Block,
            block_at: Confidence::Medium,
            allow_inline: true,
            foreign_inline: true,
            require_reason: true,
            strict: false,
            timeout: None,
            on_timeout: OnGap::Block,
            max_blob: 64 << 20,
            over_limit: OnGap::Block,
            max_depth: 4,
            show: 5,
            sandbox: Sandbox::Off,
        }
    }

    /// What holds on a server: inline allows off, a time budget below the five seconds of git hosts, a sandbox where the
    /// kernel has one.
    #[must_use]
    pub fn server() -> Self {
        Self {
            allow_inline: false,
            foreign_inline: false,
            timeout: Some(Duration::from_millis(4500)),
            sandbox: Sandbox::Auto,
            ..Self::client()
        }
    }
}

/// Whether a finding stops the commit or the push.
#[must_use]
pub fn blocks(policy: &Policy, finding: &Finding) -> bool {
    finding.status == Status::Open && finding.confidence >= policy.block_at
}

/// Whether something that was not examined leaves the run undecided.
#[must_use]
pub fn leaves_undecided(policy: &Policy, gap: &Gap) -> bool {
    match &gap.why {
        GapReason::Unreadable(_) => true,
        GapReason::Time => policy.on_timeout == OnGap::Block && policy.mode == Mode::Block,
        GapReason::TooLarge { text, .. } => {
            *text && policy.over_limit == OnGap::Block && policy.mode == Mode::Block
        }
        // The bytes of the archive itself were scanned; what is inside may be opaque to everyone.
        GapReason::TooDeep | GapReason::Limit(_) => {
            policy.over_limit == OnGap::Block && policy.mode == Mode::Block
        }
        GapReason::Corrupt(_) => false,
    }
}

/// The verdict of a run. More findings or gaps never turn a refusal into a pass.
#[must_use]
pub fn decide(policy: &Policy, findings: &[Finding], gaps: &[Gap]) -> Verdict {
    if policy.mode == Mode::Block && findings.iter().any(|f| blocks(policy, f)) {
        return Verdict::Block;
    }
    if gaps.iter().any(|gap| leaves_undecided(policy, gap)) {
        return Verdict::Undecided;
    }
    Verdict::Pass
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(policy: &Policy, why: GapReason, want: Verdict) {
        assert_eq!(
            decide(
                policy,
                &[],
                &[Gap {
                    path: b"f".to_vec(),
                    why
                }]
            ),
            want
        );
    }

    #[test]
    fn gaps_refuse_unless_policy_says_note() {
        let policy = Policy::server();
        let large = |text| GapReason::TooLarge {
            size: 2,
            limit: 1,
            text,
        };
        check(&policy, large(true), Verdict::Undecided);
        check(&policy, large(false), Verdict::Pass);
        check(&policy, GapReason::Time, Verdict::Undecided);
        check(&policy, GapReason::Corrupt("x".into()), Verdict::Pass);
        check(
            &policy,
            GapReason::Unreadable("x".into()),
            Verdict::Undecided,
        );
        let lenient = Policy {
            on_timeout: OnGap::Note,
            over_limit: OnGap::Note,
            ..policy
        };
        check(&lenient, GapReason::Time, Verdict::Pass);
        check(&lenient, large(true), Verdict::Pass);
    }
}
