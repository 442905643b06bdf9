#!/usr/bin/env python3
"""The HTML report in a real browser: filters, keys, both grounds. tests/html/drive.py KEYSIEVE [FOLDER_FOR_PICTURES]

Needs chromium on the PATH. A history with findings of three authors and ages is scanned, the page is opened without a
network, and a script in the page does what a person would; its findings are read from the page's own text.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

DRIVER = """<script>
const said = [];
const is = (what, got, wanted) => { if (got !== wanted) said.push(what + ": " + got + ", not " + wanted); };
const shown = () => all.filter((d) => !d.hidden);
const only = (name, value) => { form.reset(); form.elements[name].value = value; form.dispatchEvent(new Event("input")); return shown(); };
const key = (k) => (document.activeElement || document.body).dispatchEvent(new KeyboardEvent("keydown", {key: k, bubbles: true, cancelable: true}));
is("findings", all.length, N_FINDINGS);
for (const name of LISTS) {
  const options = [...form.elements[name].options].slice(1);
  if (!options.length) said.push(name + " has nothing to choose");
  for (const {value, text} of options) {
    const found = only(name, value);
    is(name + " " + value, found.length, Number(/\\((\\d+)\\)$/.exec(text)[1]));
    for (const d of found) if (!values(d, name).includes(value)) said.push(name + " " + value + " shows another");
  }
}
is("severities by rank", [...form.elements.severity.options].slice(1).map((o) => WORST.indexOf(o.value)).every((v, i, a) => !i || a[i - 1] < v), true);
is("owner Ada", only("owner", "Ada Example").length, 1);
is("owner with a character of markup", only("owner", "Bo & Co").length, 1);
is("up to a week", only("age", 7).length, BY_AGE[0]);
is("up to a year", only("age", 366).length, BY_AGE[1]);
is("over a year", only("age", -366).length, BY_AGE[2]);
is("path", only("path", "DEPLOY/").length, 1);
is("count", count.textContent, "1 of " + all.length + " shown");
only("path", "nothing has this name");
is("nothing", count.textContent, "0 of " + all.length + " shown");
document.body.focus(); key("Escape");
is("Escape shows all", shown().length, all.length);
key("/"); is("/", document.activeElement.name, "path");
key("j"); is("j in a field is a letter", document.activeElement.name, "path");
key("Escape");
const at = () => all.map((d) => d.firstElementChild).indexOf(document.activeElement);
key("j"); is("j", at(), 0); key("j"); is("j again", at(), 1); key("k"); is("k", at(), 0); key("k"); is("k at the top", at(), 0);
document.activeElement.click(); is("opened", all[0].open, true);
is("a page wide as its window", document.documentElement.scrollWidth <= window.innerWidth, true);
const pre = document.createElement("pre"); pre.id = "said"; pre.textContent = said.length ? said.join("\\n") : "all well";
if (PRINTS) document.body.append(pre);
</script></html>"""


def git(repo, *args, when=None, who="Ada Example"):
    env = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    for role in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{role}_NAME": who, f"GIT_{role}_EMAIL": "someone@example.invalid"}
        if when:
            env[f"GIT_{role}_DATE"] = f"{int(when)} +0000"
    subprocess.run(["git", "-C", repo, *args], env=env, check=True)


def example(keysieve, rule):
    told = subprocess.check_output([keysieve, "rules", "show", rule], text=True)
    return "\n".join(line[2:] for line in told.split("made-up example:\n")[1].splitlines()) + "\n"


def browse(page, *args):
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", *args, page.as_uri()]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main(keysieve, pictures):
    keysieve = pathlib.Path(keysieve).resolve()
    day = 86400
    files = [
        ("src/client.py", "github-pat", 2 * day, "Ada Example"),
        ("deploy/values.yaml", "gitlab-pat", 40 * day, "Bo & Co"),
        ("lib/pay.js", "stripe-restricted-key", 800 * day, "Cy Example"),
        ("certs/key.pem", "private-key", 500 * day, "Cy Example"),
    ]
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        repo = work / "repo"
        repo.mkdir()
        git(repo, "init", "-q", "-b", "main")
        for name, rule, age, who in sorted(files, key=lambda f: -f[2]):
            path = repo / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(example(keysieve, rule))
            git(repo, "add", ".")
            git(repo, "commit", "-qm", name, when=time.time() - age, who=who)
        report = work / "report.html"
        subprocess.run([keysieve, "scan", "--history", "--output", report], cwd=repo, capture_output=True)
        page = report.read_text()
        total = page.count("<details ")
        assert total == len(files), f"{total} findings"
        script = DRIVER.replace("N_FINDINGS", str(total)).replace("BY_AGE", "[1, 2, 2]")
        driven = work / "driven.html"
        driven.write_text(page.replace("</html>", script.replace("PRINTS", "true")))
        dom = browse(driven, "--window-size=1000,900", "--virtual-time-budget=2000", "--dump-dom")
        said = re.search(r'<pre id="said">(.*?)</pre>', dom, re.S)
        assert said, "the page's script did not end"
        assert said[1] == "all well", said[1]
        narrow = browse(driven, "--window-size=500,900", "--virtual-time-budget=2000", "--dump-dom")
        assert '<pre id="said">all well</pre>' in narrow, "narrow: " + narrow[-500:]
        if pictures:
            out = pathlib.Path(pictures).resolve()
            out.mkdir(parents=True, exist_ok=True)
            driven.write_text(page.replace("</html>", script.replace("PRINTS", "false")))
            for name, setting in (("light", 1), ("dark", 0)):
                browse(
                    driven,
                    "--window-size=1000,900",
                    "--virtual-time-budget=2000",
                    f"--blink-settings=preferredColorScheme={setting}",
                    f"--screenshot={out / name}.png",
                )
    print("1 passed, 0 failed")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: tests/html/drive.py KEYSIEVE [FOLDER_FOR_PICTURES]")
    main(sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else None)
