//! What blocks. Pure: no clock, no environment, no state.

use std::time::Duration;

use crate::finding::{Confidence, Gap, GapReason, MANY, named};
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
        // What only warns must not be able to hide what blocks.
        GapReason::Limit(what) if *what == MANY => policy.mode == Mode::Block,
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
    use crate::finding::{Secret, Severity};
    use crate::outcome::Reason;
    use crate::rule::{self, RuleRef};

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

    fn finding(confidence: Confidence, status: Status) -> Finding {
        Finding {
            id: "0123456789abcdef".into(),
            rule: RuleRef::BuiltIn(rule::find("github-pat").unwrap()),
            secret: Secret::new(b"value"),
            severity: Severity::Low,
            confidence,
            evidence: Vec::new(),
            status,
            places: Vec::new(),
        }
    }

    const LEVELS: [Confidence; 4] = [
        Confidence::Low,
        Confidence::Medium,
        Confidence::High,
        Confidence::Certain,
    ];

    #[test]
    fn what_holds_until_a_file_says_otherwise() {
        let (client, server) = (Policy::client(), Policy::server());
        for policy in [&client, &server] {
            assert_eq!(policy.mode, Mode::Block);
            assert_eq!(policy.block_at, Confidence::Medium);
            assert_eq!(policy.max_blob, 64 << 20);
            assert_eq!(
                (policy.on_timeout, policy.over_limit),
                (OnGap::Block, OnGap::Block)
            );
        }
        assert!(client.allow_inline && client.foreign_inline);
        assert!(!server.allow_inline && !server.foreign_inline);
        assert_eq!((client.timeout, client.sandbox), (None, Sandbox::Off));
        assert_eq!(server.timeout, Some(Duration::from_millis(4500)));
        assert_eq!(server.sandbox, Sandbox::Auto);
    }

    #[test]
    fn open_findings_block_from_the_level_on() {
        let allowed = Status::Suppressed(Reason::Allow("sample".into()));
        for block_at in LEVELS {
            let policy = Policy {
                block_at,
                ..Policy::client()
            };
            for confidence in LEVELS {
                let open = finding(confidence, Status::Open);
                assert_eq!(blocks(&policy, &open), confidence >= block_at);
                let want = if confidence >= block_at {
                    Verdict::Block
                } else {
                    Verdict::Pass
                };
                assert_eq!(decide(&policy, std::slice::from_ref(&open), &[]), want);
                let closed = finding(confidence, allowed.clone());
                assert!(!blocks(&policy, &closed));
                assert_eq!(
                    decide(&policy, std::slice::from_ref(&closed), &[]),
                    Verdict::Pass
                );
                // What is allowed beside it does not lift it.
                assert_eq!(decide(&policy, &[closed, open.clone()], &[]), want);
                let warns = Policy {
                    mode: Mode::Warn,
                    ..policy.clone()
                };
                assert_eq!(decide(&warns, &[open], &[]), Verdict::Pass);
            }
        }
    }

    #[test]
    fn a_finding_comes_before_a_gap() {
        let policy = Policy::server();
        let gap = Gap {
            path: b"f".to_vec(),
            why: GapReason::Time,
        };
        let open = finding(Confidence::High, Status::Open);
        assert_eq!(
            decide(&policy, &[open], std::slice::from_ref(&gap)),
            Verdict::Block
        );
        let weak = finding(Confidence::Low, Status::Open);
        assert_eq!(decide(&policy, &[weak], &[gap]), Verdict::Undecided);
    }

    #[test]
    fn gaps_refuse_unless_policy_says_note() {
        let policy = Policy::server();
        let large = |text| GapReason::TooLarge {
            size: 2,
            limit: 1,
            text,
        };
        let notes_time = Policy {
            on_timeout: OnGap::Note,
            ..policy.clone()
        };
        let notes_limits = Policy {
            over_limit: OnGap::Note,
            ..policy.clone()
        };
        let warns = Policy {
            mode: Mode::Warn,
            ..policy.clone()
        };
        use Verdict::{Pass, Undecided};
        // By the policy of a server; with time, with limits as notes; where nothing blocks.
        for (why, want) in [
            (large(true), [Undecided, Undecided, Pass, Pass]),
            (large(false), [Pass; 4]),
            (GapReason::Time, [Undecided, Pass, Undecided, Pass]),
            (GapReason::TooDeep, [Undecided, Undecided, Pass, Pass]),
            (GapReason::Limit("x"), [Undecided, Undecided, Pass, Pass]),
            // Warnings without number must not hide what blocks behind them.
            (
                GapReason::Limit(MANY),
                [Undecided, Undecided, Undecided, Pass],
            ),
            (GapReason::Corrupt("x".into()), [Pass; 4]),
            (GapReason::Unreadable("x".into()), [Undecided; 4]),
        ] {
            let policies = [&policy, &notes_time, &notes_limits, &warns];
            for (policy, want) in policies.into_iter().zip(want) {
                check(policy, why.clone(), want);
            }
        }
    }
}
