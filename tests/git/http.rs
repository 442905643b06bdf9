//! Smart HTTP: pushes through `git http-backend` behind a small server, with the hook that `keysieve install` wrote.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;

use crate::pushed::{check_passes, check_refused, cloned};
use crate::sandbox::{Repo, Sandbox, refused, said, token};

/// Serves the repositories beside `server` for as long as the test runs; gives the address for a user.
fn serve(server: Repo) -> impl Fn(&str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let server = server.clone();
            std::thread::spawn(move || answer(&stream.unwrap(), &server));
        }
    });
    move |user| format!("http://{user}:pass@127.0.0.1:{port}/server.git")
}

/// Whether the machine reaches itself; in a network namespace of its own even the loopback may be down.
fn reaches_itself() -> bool {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let reached = TcpStream::connect(listener.local_addr().unwrap()).is_ok();
    if !reached {
        eprintln!("not tried: 127.0.0.1 cannot be reached");
    }
    reached
}

/// Answers the requests of one connection, one after the other, by CGI.
fn answer(stream: &TcpStream, server: &Repo) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let mut words = line.split_whitespace();
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let header = |name: &str| {
        let found = headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    };
    if header("expect").is_some() {
        (&*stream)
            .write_all(b"HTTP/1.1 100 Continue\r\n\r\n")
            .unwrap();
    }
    let body = if header("transfer-encoding") == Some("chunked") {
        chunks(&mut reader)
    } else {
        let n = header("content-length").map_or(0, |n| n.parse().unwrap());
        let mut body = vec![0; n];
        reader.read_exact(&mut body).unwrap();
        body
    };
    let Some(login) = header("authorization").and_then(|text| text.strip_prefix("Basic ")) else {
        let ask = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"git\"\r\n";
        write!(
            &*stream,
            "{ask}Content-Length: 0\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        return;
    };
    let mut command = server.command("git");
    command
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", server.dir.parent().unwrap())
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REQUEST_METHOD", method)
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("REMOTE_USER", user(login))
        .env("REMOTE_ADDR", "127.0.0.1");
    for (variable, name) in [
        ("CONTENT_TYPE", "content-type"),
        ("CONTENT_LENGTH", "content-length"),
        ("HTTP_CONTENT_ENCODING", "content-encoding"),
        ("HTTP_GIT_PROTOCOL", "git-protocol"),
    ] {
        if let Some(value) = header(name) {
            command.env(variable, value);
        }
    }
    for name in ["GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"] {
        command.env_remove(name);
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&body)));
    let output = child.wait_with_output().unwrap().stdout;
    writer.join().unwrap();
    let end = output
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8(output[..end].to_vec()).unwrap();
    let status = head
        .lines()
        .find_map(|line| line.strip_prefix("Status: "))
        .unwrap_or("200 OK");
    write!(
        &*stream,
        "HTTP/1.1 {status}\r\n{head}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    (&*stream).write_all(&output[end + 4..]).unwrap();
}

/// A body in chunks, put together.
fn chunks(reader: &mut impl std::io::BufRead) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let n = usize::from_str_radix(line.trim(), 16).unwrap();
        let mut chunk = vec![0; n + 2];
        reader.read_exact(&mut chunk).unwrap();
        if n == 0 {
            return body;
        }
        body.extend(&chunk[..n]);
    }
}

/// The user of a login in base64.
fn user(login: &str) -> String {
    let alphabet: Vec<char> = ('A'..='Z')
        .chain('a'..='z')
        .chain('0'..='9')
        .chain(['+', '/'])
        .collect();
    let mut bits = 0_u32;
    let mut n_bits = 0;
    let mut text = String::new();
    for digit in login
        .chars()
        .map_while(|c| alphabet.iter().position(|a| *a == c))
    {
        bits = (bits << 6) | digit as u32;
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            text.push(char::from((bits >> n_bits) as u8));
        }
    }
    text.split(':').next().unwrap().to_owned()
}

/// A work tree whose `origin` is reached by HTTP as `alice`, and the server with the hook installed.
fn pair(sandbox: &Sandbox) -> (Repo, Repo, impl Fn(&str) -> String) {
    let (work, server) = cloned(sandbox, &[]);
    server.git(&["config", "receive.advertisePushOptions", "true"]);
    let output = server.keysieve(&["install", "--server", "."]);
    assert!(output.status.success(), "{}", said(&output));
    let config = sandbox.path("server.toml");
    let log = sandbox.path("audit.jsonl");
    let text = format!(
        "[bypass]\npush_option = \"keysieve.bypass\"\nusers = [\"alice\"]\nmin_reason = 8\naudit_log = {:?}\n",
        log.display().to_string()
    );
    std::fs::write(&config, text).unwrap();
    let address = serve(server.with("KEYSIEVE_CONFIG", &config));
    work.git(&["remote", "set-url", "origin", &address("alice")]);
    (work, server, address)
}

#[test]
fn a_push_over_http_is_judged() {
    if !reaches_itself() {
        return;
    }
    let sandbox = Sandbox::new();
    let (work, server, _) = pair(&sandbox);
    work.commit("a", "clean");
    check_passes(&work, &["main"]);
    assert_eq!(server.tip("main"), work.head());
    work.commit("a", token("a"));
    let said = check_refused(&work, &server, &["main"], &token("a"));
    assert!(said.contains("remote: error: push rejected"), "{said}");
    assert!(said.contains("a:1"), "{said}");
    check_passes(&work, &["main~1:refs/heads/other"]);
}

#[test]
fn a_large_push_over_http_comes_in_chunks() {
    if !reaches_itself() {
        return;
    }
    let sandbox = Sandbox::new();
    let (work, server, _) = pair(&sandbox);
    work.git(&["config", "http.postBuffer", "65536"]);
    let mut state = 1_u64;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    work.commit("noise", (0..300_000).map(|_| noise()).collect::<Vec<u8>>());
    check_passes(&work, &["main"]);
    work.commit("more", (0..300_000).map(|_| noise()).collect::<Vec<u8>>());
    work.commit("a", token("a"));
    check_refused(&work, &server, &["main"], &token("a"));
}

#[test]
fn the_user_of_http_may_have_a_way_past() {
    if !reaches_itself() {
        return;
    }
    let sandbox = Sandbox::new();
    let (work, server, address) = pair(&sandbox);
    work.commit("a", token("a"));
    let option = "keysieve.bypass=sample of the vendor";
    for (user, enters) in [("bob", false), ("alice", true)] {
        let output = work.try_git(&["push", "-q", "-o", option, &address(user), "main"]);
        assert_eq!(output.status.success(), enters, "{user}: {}", said(&output));
        if !enters {
            assert!(refused(&output, &[&token("a")]).contains("bob may not bypass"));
            assert_ne!(server.tip("main"), work.head());
        }
    }
    assert_eq!(server.tip("main"), work.head());
    let log = std::fs::read_to_string(sandbox.path("audit.jsonl")).unwrap();
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains("\"user\":\"alice\""), "{log}");
}
