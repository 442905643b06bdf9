#!/bin/bash
# keysieve on real git servers: sshd, nginx with fcgiwrap and `git http-backend`, gitolite. As root on Debian:
#   tests/hosts/run.sh [ssh] [http] [gitolite]      all three unless named
# It installs what is missing from Debian's packages, listens on 127.0.0.1 only, makes users of its own and removes them.
# KEYSIEVE names the program to try; target/debug/keysieve otherwise.
set -uo pipefail

keysieve=$(realpath "${KEYSIEVE:-$(dirname "$0")/../../target/debug/keysieve}")
hosts=${*:-ssh http gitolite}
for host in $hosts; do
  case $host in ssh | http | gitolite) ;; *) echo "error: no host is called $host: ssh, http, gitolite" >&2; exit 2 ;; esac
done
[ "$(id -u)" = 0 ] || { echo "error: run this as root: it makes users and starts servers" >&2; exit 2; }
[ -x "$keysieve" ] || { echo "error: $keysieve is not there; cargo build first, or set KEYSIEVE" >&2; exit 2; }

missing=
for pair in sshd:openssh-server ssh:openssh-client nginx:nginx-light fcgiwrap:fcgiwrap gitolite:gitolite3 openssl:openssl; do
  PATH=$PATH:/usr/sbin command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair#*:}"
done
if [ -n "$missing" ]; then
  # Nothing may start by itself: the servers below are started here, on ports of their own.
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
  status=$?
  rm -f /usr/sbin/policy-rc.d
  [ $status = 0 ] || { echo "error: cannot install$missing" >&2; exit 2; }
fi

top=$(mktemp -d /tmp/keysieve-hosts-XXXXXX)
chmod 755 "$top"
git_user=ks-git gitolite_user=ks-gitolite
pids=
clean_up() {
  for pid in $pids; do kill "$pid" 2>/dev/null; done
  sleep 0.2
  for user in $git_user $gitolite_user; do id "$user" >/dev/null 2>&1 && userdel -f "$user"; done
  rm -rf "$top"
} 2>/dev/null
trap clean_up EXIT

# A program that every user of a server can reach.
install -D -m 755 "$keysieve" "$top/bin/keysieve"
keysieve=$top/bin/keysieve
export HOME=$top/home GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 LC_ALL=C
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@example.com
mkdir -p "$HOME"
secret_line=$("$keysieve" rules show github-pat | sed -n 's/^ *value: /token: /p')
secret=${secret_line#token: }
passed=0 failed=0

# outcome WORDS STATUS COMMAND...: runs it; STATUS is `pass` or `refuse`, WORDS must stand in what it says.
outcome() {
  local words=$1 wanted=$2 said status
  shift 2
  said=$("$@" 2>&1 </dev/null)
  status=$?
  local got=refuse
  [ $status = 0 ] && got=pass
  if [[ $got == "$wanted" && $said == *"$words"* && $said != *"$secret"* ]]; then
    passed=$((passed + 1))
    printf 'ok   %-9s %s: %s\n' "$host" "$wanted" "$what"
  else
    failed=$((failed + 1))
    printf 'FAIL %-9s %s: %s (status %s, wanted `%s`)\n%s\n' "$host" "$wanted" "$what" $status "$words" "$said"
  fi
}

# same NAME EXPECTED FOUND
same() {
  if [ "$2" = "$3" ]; then
    passed=$((passed + 1))
    printf 'ok   %-9s %s\n' "$host" "$1"
  else
    failed=$((failed + 1))
    printf 'FAIL %-9s %s: wanted `%s`, found `%s`\n' "$host" "$1" "$2" "$3"
  fi
}

# What every host must do with pushes from a fresh work tree to $1, whose log of bypasses is $2; $3 is who pushes.
pushes() {
  local url=$1 log=$2 user=$3 work=$top/work-$host before
  rm -rf "$work"
  git init -q -b main "$work"
  cd "$work" || exit 2
  git remote add origin "$url"
  echo one >a && git add a && git commit -qm one
  what='the first push' outcome '' pass git push -q origin main
  what='a new branch of what is there' outcome '' pass git push -q origin main:refs/heads/side
  git tag -a -m clean v1
  what='a tag' outcome '' pass git push -q origin v1
  before=$(git ls-remote origin)
  echo "$secret_line" >config.yml && git add config.yml && git commit -qm two
  what='a secret' outcome 'config.yml:1' refuse git push -q origin main
  what='a secret, by force, to another name' outcome 'pre-receive hook declined' refuse git push -q -f origin main:refs/heads/other
  git rm -q config.yml && git commit -qm three
  what='a secret in between' outcome 'config.yml:1' refuse git push -q origin main
  git tag -a -m "$secret" v2 HEAD~2
  what='a secret in a tag' outcome 'push rejected' refuse git push -q origin v2
  what='a clean ref beside a bad one' outcome 'pre-receive hook declined' refuse git push -q origin HEAD~2:refs/heads/clean main
  what='a deletion beside a bad one' outcome 'pre-receive hook declined' refuse git push -q origin :side main
  same 'no ref has moved' "$before" "$(git ls-remote origin)"
  what='a deletion' outcome '' pass git push -q origin :side
  git reset -q --hard HEAD~2
  seq 400000 >large && git add large && git commit -qm large
  what='three megabytes' outcome '' pass git push -q origin main
  echo "$secret_line" >>a && git add a && git commit -qm four
  what='a reason that is too short' outcome 'reason needs' refuse git push -q -o keysieve.bypass=x origin main
  what='a reason, by who may' outcome 'let in by bypass' pass git push -q -o 'keysieve.bypass=sample of the vendor' origin main
  same 'the log names who' "$user" "$(sed -n 's/.*"user":"\([^"]*\)".*/\1/p' "$log")"
  same 'the log holds no secret' 0 "$(grep -c "$secret" "$log")"
  what='what is there, under a new name' outcome '' pass git push -q origin main:refs/heads/copy
  cd "$top" || exit 2
}

# policy FILE USER LOG
policy() {
  cat >"$1" <<TOML
[bypass]
push_option = "keysieve.bypass"
users = ["$2"]
min_reason = 8
audit_log = "$3"
TOML
}

# A bare repository of a user, with the hook.
bare() {
  local user=$1 repository=$2
  su -s /bin/sh "$user" -c "git init -q --bare -b main '$repository' && git -C '$repository' config receive.advertisePushOptions true"
  what='install --server' outcome 'plain git' pass su -s /bin/sh "$user" -c "$keysieve install --server '$repository'"
  what='doctor' outcome 'all hooks fire' pass su -s /bin/sh "$user" -c "$keysieve doctor '$repository'"
}

sshd_for() { # sshd_for USER PORT: a server that takes the key $top/key, and GIT_SSH_COMMAND for it
  mkdir -p /run/sshd "$top/ssh"
  [ -f "$top/key" ] || ssh-keygen -q -t ed25519 -N '' -f "$top/key" -C admin
  [ -f "$top/ssh/host" ] || ssh-keygen -q -t ed25519 -N '' -f "$top/ssh/host"
  cat >"$top/ssh/config-$1" <<CONF
Port $2
ListenAddress 127.0.0.1
HostKey $top/ssh/host
PidFile $top/ssh/pid-$1
AuthorizedKeysFile .ssh/authorized_keys
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
AllowUsers $1
SetEnv KEYSIEVE_CONFIG=$top/$1.toml
CONF
  /usr/sbin/sshd -f "$top/ssh/config-$1" -E "$top/ssh/log-$1"
  sleep 0.5
  pids="$pids $(cat "$top/ssh/pid-$1")"
  export GIT_SSH_COMMAND="ssh -p $2 -i $top/key -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
}

try_ssh() {
  useradd -m -d "$top/$git_user" -s /bin/sh $git_user && usermod -p '*' $git_user
  sshd_for $git_user 2722
  install -d -o $git_user -m 700 "$top/$git_user/.ssh"
  install -o $git_user -m 600 "$top/key.pub" "$top/$git_user/.ssh/authorized_keys"
  policy "$top/$git_user.toml" $git_user "$top/$git_user/audit.jsonl"
  bare $git_user "$top/$git_user/project.git"
  pushes "ssh://$git_user@127.0.0.1$top/$git_user/project.git" "$top/$git_user/audit.jsonl" $git_user
  what='uninstall' outcome 'removed' pass su -s /bin/sh $git_user -c "$keysieve uninstall --server $top/$git_user/project.git"
}

try_http() {
  local root=$top/http
  install -d -o www-data "$root"
  policy "$root/server.toml" alice "$root/audit.jsonl"
  bare www-data "$root/project.git"
  printf 'alice:%s\n' "$(openssl passwd -apr1 pass)" >"$root/users"
  cat >"$root/nginx.conf" <<CONF
user www-data;
pid $root/nginx.pid;
error_log $root/error.log;
events {}
http {
  access_log off;
  client_max_body_size 0;
  client_body_temp_path $root/body;
  fastcgi_temp_path $root/fastcgi;
  proxy_temp_path $root/proxy;
  uwsgi_temp_path $root/uwsgi;
  scgi_temp_path $root/scgi;
  server {
    listen 127.0.0.1:2780;
    auth_basic git;
    auth_basic_user_file $root/users;
    location / {
      fastcgi_pass unix:$root/fcgi.sock;
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
      fastcgi_param GIT_PROJECT_ROOT $root;
      fastcgi_param GIT_HTTP_EXPORT_ALL 1;
      fastcgi_param PATH_INFO \$uri;
      fastcgi_param REMOTE_USER \$remote_user;
      fastcgi_param KEYSIEVE_CONFIG $root/server.toml;
    }
  }
}
CONF
  setpriv --reuid=www-data --regid=www-data --clear-groups fcgiwrap -s "unix:$root/fcgi.sock" &
  pids="$pids $!"
  /usr/sbin/nginx -c "$root/nginx.conf" || return
  sleep 0.5
  pids="$pids $(cat "$root/nginx.pid")"
  pushes "http://alice:pass@127.0.0.1:2780/project.git" "$root/audit.jsonl" alice
  what='uninstall' outcome 'removed' pass su -s /bin/sh www-data -c "$keysieve uninstall --server $root/project.git"
}

try_gitolite() {
  local home=$top/$gitolite_user
  useradd -m -d "$home" -s /bin/sh $gitolite_user && usermod -p '*' $gitolite_user
  sshd_for $gitolite_user 2723
  install -o $gitolite_user -m 600 "$top/key.pub" "$home/admin.pub"
  policy "$top/$gitolite_user.toml" admin "$home/audit.jsonl"
  local as="su -s /bin/sh $gitolite_user -c"
  $as "cd && HOME=$home gitolite setup -pk admin.pub" >/dev/null 2>&1
  what='install --server for all' outcome 'gitolite setup --hooks-only' pass $as "$keysieve install --server $home/.gitolite"
  $as "cd && HOME=$home gitolite setup --hooks-only"
  git clone -q "ssh://$gitolite_user@127.0.0.1/gitolite-admin" "$top/admin"
  sed -i 's/GIT_CONFIG_KEYS *=> *.*/GIT_CONFIG_KEYS => ".*",/' "$home/.gitolite.rc"
  printf 'repo project\n  RW+ = admin\n  config receive.advertisePushOptions = true\n' >>"$top/admin/conf/gitolite.conf"
  what='gitolite-admin itself' outcome '' pass git -C "$top/admin" commit -qam project
  what='gitolite-admin pushed' outcome '' pass git -C "$top/admin" push -q
  what='doctor' outcome 'all hooks fire' pass $as "$keysieve doctor $home/repositories/project.git"
  pushes "ssh://$gitolite_user@127.0.0.1/project" "$home/audit.jsonl" admin
  what='uninstall' outcome 'removed' pass $as "$keysieve uninstall --server $home/.gitolite"
}

for host in $hosts; do
  "try_$host"
done
printf '\n%d passed, %d failed\n' $passed $failed
[ $failed = 0 ]
