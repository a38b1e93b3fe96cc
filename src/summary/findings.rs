//! What is not as it should be.

use super::SCHEMA_VERSION;
use crate::context::Context;
use crate::custody::Finding;
use crate::failure::Failure;
use serde_json::{Value, json};

/// Prints findings. On a terminal two lines for each, the second a command
/// that mends it; elsewhere a line of four columns.
///
/// # Errors
/// Those of writing.
pub fn findings(ctx: &Context, findings: &[Finding]) -> Result<(), Failure> {
    if ctx.globals.json {
        let ok = findings.is_empty();
        let findings: Vec<Value> = findings.iter().map(object).collect();
        ctx.terminal
            .json(&json!({"schema_version": SCHEMA_VERSION, "ok": ok, "findings": findings}))?;
    } else if ctx.terminal.stdout_is_terminal() {
        for one in findings {
            ctx.terminal.data_line(one.message.as_bytes())?;
            let remedy = format!("    {}", one.remedy);
            ctx.terminal.data_line(remedy.as_bytes())?;
        }
    } else {
        let rows: Vec<_> = findings.iter().map(row).collect();
        ctx.terminal
            .table(&["CODE", "ADDRESS", "MESSAGE", "REMEDY"], &rows)?;
    }
    Ok(())
}

fn object(one: &Finding) -> Value {
    json!({
        "code": one.code, "address": one.address,
        "message": one.message, "remedy": one.remedy,
    })
}

fn row(one: &Finding) -> [&str; 4] {
    let address = one.address.as_deref().unwrap_or("-");
    [one.code, address, &one.message, &one.remedy]
}
