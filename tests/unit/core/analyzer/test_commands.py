"""Programs that a function starts, and the scripts of the project that they run."""

from __future__ import annotations

import pytest

RUN = "import subprocess, sys, os, shlex, asyncio, shutil\nfrom pathlib import Path\n"

# (what it shows, source of p.py after the imports, the command lines; … is what only the run knows)
COMMANDS = [
    ("list", "def f(): subprocess.run(['ffmpeg', '-i', 'x'])", ["ffmpeg -i x"]),
    ("tuple, unknown words", "def f(x): subprocess.check_call(('ffmpeg', x, f'{x}.mp4'))", ["ffmpeg … ….mp4"]),
    ("alias", "import subprocess as sp\ndef f(): sp.Popen(['git', 'log'])", ["git log"]),
    ("from", "from subprocess import check_output as co\ndef f(): co(['git'])", ["git"]),
    ("inside", "def f():\n  import subprocess as s\n  s.run(['git'])", ["git"]),
    ("keyword", "def f(): subprocess.run(args=['git'])", ["git"]),
    ("text", "def f(): subprocess.run('pandoc x.md -o y.pdf', shell=True)", ["pandoc x.md -o y.pdf"]),
    ("text of one word", "def f(): subprocess.run('nproc')", ["nproc"]),
    ("list with shell", "def f(): subprocess.run(['git log | wc -l'], shell=True)", ["git log", "wc -l"]),
    ("system", "def f(): os.system('convert a.png b.jpg')", ["convert a.png b.jpg"]),
    ("popen", "def f(): return os.popen('jq . x.json').read()", ["jq . x.json"]),
    ("getoutput", "def f(): return subprocess.getoutput('git rev-parse HEAD')", ["git rev-parse HEAD"]),
    ("exec", "def f(): os.execvp('ffmpeg', ['ffmpeg', '-h'])", ["ffmpeg -h"]),
    ("execl", "def f(): os.execlp('ffmpeg', 'ffmpeg', '-h')", ["ffmpeg -h"]),
    ("spawn", "def f(): os.spawnlp(os.P_WAIT, 'cp', 'cp', 'a', 'b')", ["cp a b"]),
    ("spawnv", "def f(): os.spawnvp(os.P_WAIT, 'cp', ['cp', 'a'])", ["cp a"]),
    ("an operation of Prefect's shell", "from prefect_shell import ShellOperation\ndef f(): ShellOperation(commands=['a b', 'c | d']).run()", ["a b", "c", "d"]),
    ("engine of chess", "import chess.engine\ndef f(): chess.engine.SimpleEngine.popen_uci('stockfish')", ["stockfish"]),
    ("engine of chess, list", "from chess import engine\ndef f(): engine.popen_xboard(['crafty', '-q'])", ["crafty -q"]),
    ("asyncio", "async def f(): await asyncio.create_subprocess_exec('ffmpeg', '-i', 'x', stdout=None)", ["ffmpeg -i x"]),
    ("asyncio, shell", "async def f(): await asyncio.create_subprocess_shell('git pull && make')", ["git pull", "make"]),
    ("pipe", "def f(): os.system('cat x | sort | gzip > y; rm x')", ["cat x", "gzip", "rm x", "sort"]),
    ("variables in front", "def f(): os.system('A=1 B=2 ffmpeg -h')", ["ffmpeg -h"]),
    ("sudo", "def f(): os.system('sudo -u me env A=1 nice -n 5 timeout 10 ffmpeg -h')", ["ffmpeg -h"]),
    ("sh -c", "def f(): subprocess.run(['bash', '-lc', 'git log | head'])", ["bash", "git log", "head"]),
    ("substitution", "def f(): os.system('X=$(git rev-parse HEAD); echo $X')", ["echo $X", "git rev-parse HEAD"]),
    ("redirection", "def f(): os.system('pdftotext a.pdf - 2> err.txt > out.txt')", ["pdftotext a.pdf - 2"]),
    ("lines", "def f(): os.system('''\n# note\ngit pull\nmake \\\\\n  all\n''')", ["git pull", "make all"]),
    ("if and for", "def f(): os.system('if git status; then make; fi; for i in 1 2; do jq .; done')", ["git status", "jq .", "make"]),
    ("shlex", "def f(x): subprocess.run(shlex.split(f'ffmpeg -i {x}'))", ["ffmpeg -i …"]),
    ("split", "def f(x): subprocess.run(f'ffmpeg -i {x}'.split())", ["ffmpeg -i …"]),
    ("format", "C = 'ffmpeg -i {} {out}'\ndef f(x): os.system(C.format(x, out='y'))", ["ffmpeg -i … y"]),
    ("percent", "def f(x): os.system('sox %s y%d.wav' % (x, 3))", ["sox … y3.wav"]),
    ("sum", "def f(x): os.system('tesseract ' + x + ' out')", ["tesseract … out"]),
    ("join", "def f(x): os.system(' '.join(['samtools', 'sort', x]))", ["samtools sort …"]),
    ("quoted part", "def f(x): os.system('ffprobe ' + shlex.quote(x))", ["ffprobe …"]),
    ("constant", "EXE = 'bwa'\ndef f(x): subprocess.run([EXE, 'mem', x])", ["bwa mem …"]),
    ("local", "def f(x):\n  cmd = ['bwa', 'mem']\n  subprocess.run(cmd)", ["bwa mem"]),
    ("grown", "def f(x):\n  cmd = ['bwa']\n  cmd += ['mem', x]\n  cmd.append('y')\n  cmd.extend(['z'])\n  subprocess.run(cmd)", ["bwa mem … y z"]),
    ("sum of lists", "BASE = ['docker', 'run']\ndef f(x): subprocess.run(BASE + ['img', *x])", ["docker run img …"]),
    ("star", "A = ['-y', '-q']\ndef f(x): subprocess.run(['ffmpeg', *A, *x])", ["ffmpeg -y -q …"]),
    ("strings of others", "def f(x): subprocess.run([str(p) for p in ['rsync', x]])", ["rsync …"]),
    ("map", "def f(x): subprocess.run(list(map(str, ['rsync', x])))", ["rsync …"]),
    ("choice", "def f(x): subprocess.run(['gzip' if x else 'bzip2', 'y'])", ["bzip2 y", "gzip y"]),
    ("table", "T = {'a': 'gzip', 'b': 'xz'}\ndef f(x): subprocess.run([T[x], 'y'])", ["gzip y", "xz y"]),
    ("loop", "def f():\n  for p in ('git', 'jq'): subprocess.run([p, '--version'])", ["git --version", "jq --version"]),
    ("loop over commands", "def f():\n  for c in [['git'], ['jq', '.']]: subprocess.run(c)", ["git", "jq ."]),
    ("pairs", "def f():\n  for p, a in [('git', 1), ('jq', 1)]: subprocess.run([p, a])", ["git 1", "jq 1"]),
    ("whole path", "def f(): subprocess.run(['/usr/bin/ffmpeg'])", ["/usr/bin/ffmpeg"]),
    ("folder unknown", "def f(x): subprocess.run([x + '/bin/ffmpeg', 'y'])", ["…/bin/ffmpeg y"]),
    ("environment's default", "E = os.environ.get('FFMPEG', 'ffmpeg')\ndef f(): subprocess.run([E])", ["ffmpeg"]),
    ("or", "def f(exe=None): subprocess.run([exe or 'ffmpeg'])", ["ffmpeg"]),
    ("default", "def f(exe='ffmpeg'): subprocess.run([exe, '-h'])", ["ffmpeg -h"]),
    ("which, then run", "def f():\n  exe = shutil.which('ffmpeg')\n  subprocess.run([exe, '-h'])", ["ffmpeg -h", "ffmpeg?"]),
    ("which", "def f(): return shutil.which('pandoc')", ["pandoc?"]),
    ("helper", "def run(cmd): subprocess.run(cmd, shell=True)\ndef f(x): run(f'ffmpeg -i {x}')", ["ffmpeg -i …"]),
    ("helper of others", "def run(cmd): subprocess.run(cmd, shell=True)\ndef f(): run('git log')\ndef g(): run('jq .')", ["git log"]),
    ("helper with a list", "def run(cmd): subprocess.run(cmd)\ndef f(): run(['git', 'log'])", ["git log"]),
    ("helper with words", "def run(*cmd): subprocess.run(cmd)\ndef f(): run('git', 'log')", ["git log"]),
    ("helper with words, listed", "def run(*cmd): subprocess.run(['nice', *cmd])\ndef f(): run('git', 'log')", ["git log"]),
    ("helper by keyword", "def run(cmd, check=True): subprocess.run(cmd)\ndef f(): run(cmd=['git'])", ["git"]),
    ("helper with a program in it", "def ff(*args): subprocess.run(['ffmpeg', *args])\ndef f(x): ff('-i', x)", ["ffmpeg -i …"]),
    ("helper's helper", "def a(c): subprocess.run(c)\ndef b(c): a(['sudo'] + c)\ndef f(): b(['git'])", ["git"]),
    ("helper inside", "def f():\n  def run(c): subprocess.run(c, shell=True)\n  run('git log')", ["git log"]),
    ("method", "class R:\n  def run(self, c): subprocess.run(c)\n  def go(self): self.run(['git'])\ndef f(): R().go()", ["git"]),
    ("method of a value", "class R:\n  def sh(self, c): subprocess.run(c)\ndef f():\n  r = R()\n  r.sh(['git'])", ["git"]),
    ("static method", "class R:\n  @staticmethod\n  def sh(c): subprocess.run(c)\ndef f(): R.sh(['git'])", ["git"]),
    ("attribute", "class R:\n  exe = 'sox'\n  def go(self): subprocess.run([self.exe])\ndef f(): R().go()", ["sox"]),
    ("attribute set", "class R:\n  def __init__(self): self.exe = 'sox'\n  def go(self): subprocess.run([self.exe])\ndef f(): R().go()", ["sox"]),
    ("built by a function", "def cmd(x):\n  return ['ffmpeg', '-i', x]\ndef f(): subprocess.run(cmd('a'))", ["ffmpeg -i a"]),
    ("a helper that tries", "def run(c):\n  for _ in range(3):\n    if subprocess.run(c).returncode == 0: return\ndef f(): run(['git', 'pull'])", ["git pull"]),
    ("text or list", "def run(c):\n  if isinstance(c, str): c = shlex.split(c)\n  subprocess.Popen(c)\ndef f():\n  run('git log')\n  run(['jq', '.'])", ["git log", "jq ."]),
    ("partial", "from functools import partial\nrun = partial(subprocess.run, check=True)\ndef f(): run(['git'])", ["git"]),
    ("partial with an argument", "from functools import partial\ndef f(): return partial(subprocess.run, ['git'])", ["git"]),
    ("pool of the helper", "def run(c): subprocess.run(c, shell=True)\ndef f(pool): pool.map(run, ['git log', 'jq .'])", ["git log", "jq ."]),
    ("pool", "def f(pool, x): pool.map(os.system, [f'bwa mem {s}' for s in x])", ["bwa mem …"]),
    ("submitted", "def f(pool): pool.submit(subprocess.run, ['git', 'log'])", ["git log"]),
    ("thread", "import threading\ndef f(): threading.Thread(target=os.system, args=('git log',)).start()", ["git log"]),
    ("to a thread", "async def f(): await asyncio.to_thread(subprocess.run, ['git'])", ["git"]),
    ("unset variable", "E = os.environ.get('X') or 'ffmpeg'\ndef f(): subprocess.run([E])", ["ffmpeg"]),
    ("by platform", "def f():\n  if sys.platform == 'win32': exe = 'dir'\n  else: exe = 'ls'\n  subprocess.run([exe])", ["ls"]),
    ("by platform, table", "def f(): subprocess.run([{'linux': 'ls', 'win32': 'dir'}[sys.platform]])", ["ls"]),
    ("find's program", "def f(): os.system('find . -exec dos2unix {} +')", ["dos2unix {} +", "find . -exec dos2unix {} +"]),
    ("sh", "import sh\ndef f(): sh.git('log')", ["git"]),
    ("from sh", "from sh import pdftotext\ndef f(x): pdftotext(x)", ["pdftotext"]),
    ("plumbum", "from plumbum.cmd import grep\ndef f(): grep('x')", ["grep"]),
    ("wrapper that is needed too", "def f(): os.system('xvfb-run -a wkhtmltopdf a b')", ["wkhtmltopdf a b", "xvfb-run -a wkhtmltopdf a b"]),
    ("pip", "def f(): subprocess.check_call([sys.executable, '-m', 'pip', 'install', 'a'])", ["pip install a"]),
    ("not reached", "def g(): subprocess.run(['git'])\ndef f(): pass", []),
    ("own run", "def run(x): pass\ndef f(): run(['git'])", []),
    ("other platform", "def f():\n  if sys.platform == 'win32': os.system('dir')\n  else: os.system('ls')", ["ls"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "wanted"), [case[1:] for case in COMMANDS], ids=[case[0] for case in COMMANDS]
)
def test_commands(facts, source: str, wanted: list[str]) -> None:
    found = facts(RUN + source)
    assert sorted(one.text + "?" * one.optional for one in found.commands) == wanted
    assert found.warnings == ()


def test_many_choices_are_each_told_by_how_they_begin(facts) -> None:
    """Of sixty programs 32 were known, and of the others not a word was said."""
    calls = "\n".join(f"  run('tool{one}')" for one in range(60))
    source = f"def run(s): subprocess.run([s, 'a'])\ndef f():\n{calls}\n"
    assert {one.program for one in facts(RUN + source).commands} == {
        f"tool{one}" for one in range(60)
    }


def test_many_choices_of_what_follows_leave_the_beginning_known(facts) -> None:
    words = "'x' if a else 'y' if b else 'z' if c else 'w'"
    source = f"def f(a, b, c): subprocess.run(['git', {words}, {words}, {words}])"
    found = facts(RUN + source)
    assert {one.program for one in found.commands} == {"git"}
    assert found.warnings == ()


UNKNOWN = [
    ("a list of texts", "from prefect_shell import ShellOperation\ndef f(x): ShellOperation(commands=x).run()", "which program `prefect_shell.ShellOperation()` starts is only known when it runs"),
    ("parameter", "def f(x): subprocess.run(x)", "which program `subprocess.run(x)` starts is only known when it runs"),
    ("program of a parameter", "def f(x): subprocess.run([x, '-h'])", "which program `subprocess.run([x, '-h'])` starts is only known when it runs"),
    ("text of a parameter", "def f(x): os.system(f'{x} -h')", "which program `os.system(f'{x} -h')` starts is only known when it runs"),
    ("environment", "def f(): os.system(os.environ['X'])", "which program `os.system(os.environ['X'])` starts is only known when it runs"),
    ("quote left open", "def f(): os.system('echo \"x')", "which program `os.system('echo \"x')` starts is only known when it runs"),
    ("no script of that name", "def f(): os.system('python other.py')", "the script of `python other.py` is not a file of the project"),
    ("script unknown", "def f(x): subprocess.run([sys.executable, x])", "the script of `python …` is only known when it runs"),
    ("module unknown", "def f(x): subprocess.run([sys.executable, '-m', x])", "which module `python -m …` runs is only known when it runs"),
    ("helper nobody calls with a text", "def run(c): subprocess.run(c)\ndef f(x): run(x)", "which program `subprocess.run(c)` starts is only known when it runs"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "wanted"), [case[1:] for case in UNKNOWN], ids=[case[0] for case in UNKNOWN]
)
def test_what_only_a_run_knows_is_told(facts, source: str, wanted: str) -> None:
    found = facts(RUN + source)
    assert [one.text for one in found.warnings] == [wanted]
    hint = 'name what it needs on the step: @ops0.requires("...", apt=["..."])'
    assert found.warnings[0].hint == hint


OTHER = {"other.py": "import a\ndef go(): a.x()\nif __name__ == '__main__':\n  import b\n  go()\n"}

# (what it shows, files beside p.py, p.py after the imports, modules imported, paths that go along)
SCRIPTS = [
    ("python", OTHER, "def f(): subprocess.run(['python', 'other.py'])", "a b", "other.py p.py"),
    ("python3 -u", OTHER, "def f(): os.system('python3 -u other.py --x 1')", "a b", "other.py p.py"),
    ("sys.executable", OTHER, "def f(): subprocess.run([sys.executable, 'other.py'])", "a b", "other.py p.py"),
    ("in an f-string", OTHER, "def f(): os.system(f'{sys.executable} other.py')", "a b", "other.py p.py"),
    ("beside the file", OTHER, "def f(): subprocess.run([sys.executable, str(Path(__file__).parent / 'other.py')])", "a b", "other.py p.py"),
    ("beside the file, local", OTHER, "def f():\n  here = Path(__file__).resolve().parent\n  script = here / 'other.py'\n  subprocess.run([sys.executable, script])", "a b", "other.py p.py"),
    ("os.path", OTHER, "HERE = os.path.dirname(os.path.abspath(__file__))\ndef f(): subprocess.run(['python', os.path.join(HERE, 'other.py')])", "a b", "other.py p.py"),
    ("working folder", OTHER, "def f(): subprocess.run(['python', os.path.join(os.getcwd(), 'other.py')])", "a b", "other.py p.py"),
    ("working folder, Path", OTHER, "def f(): subprocess.run(['python', Path.cwd() / 'other.py'])", "a b", "other.py p.py"),
    ("options unknown", {}, "def f(x): subprocess.run([sys.executable, *x, '-m', 'a'])", "a", "p.py"),
    ("cwd", {"jobs/other.py": "import a"}, "def f(): subprocess.run(['python', 'other.py'], cwd='jobs')", "a", "jobs/other.py p.py"),
    ("its own imports", {"jobs/other.py": "import h\nh.g()", "jobs/h.py": "import a, b\ndef g(): a.x()"}, "def f(): os.system('python jobs/other.py')", "a", "jobs/h.py jobs/other.py p.py"),
    ("module", {"k/__init__.py": "import c", "k/m.py": "import a"}, "def f(): subprocess.run([sys.executable, '-m', 'k.m'])", "a", "k/__init__.py k/m.py p.py"),
    ("package", {"k/__init__.py": "", "k/__main__.py": "import a"}, "def f(): os.system('python -m k')", "a", "k/__init__.py k/__main__.py p.py"),
    ("module of others", {}, "def f(): os.system('python -m a.b x')", "a.b", "p.py"),
    ("module of the standard library", {}, "def f(): os.system('python -m json.tool x')", "", "p.py"),
    ("code", {}, "def f(): subprocess.run([sys.executable, '-c', 'import a; a.x()'])", "a", "p.py"),
    ("torchrun", OTHER, "def f(): os.system('torchrun --nproc 2 other.py')", "a b", "other.py p.py"),
    ("accelerate", OTHER, "def f(): subprocess.run(['accelerate', 'launch', 'other.py'])", "a b", "other.py p.py"),
    ("streamlit", OTHER, "def f(): os.system('streamlit run other.py')", "a b", "other.py p.py"),
    ("launched as a module", OTHER, "def f(): os.system('python -m torch.distributed.run other.py')", "a b torch.distributed.run", "other.py p.py"),
    ("mpirun", OTHER, "def f(): os.system('mpirun -n 4 python other.py')", "a b", "other.py p.py"),
    ("application", {"app.py": "import a\napp = a.x()"}, "def f(): os.system('uvicorn app:app')", "a", "app.py p.py"),
    ("formatted only", OTHER, "def f(): os.system('black other.py')", "", "p.py"),
    ("shell script", {"run.sh": "#!/bin/sh\nset -e\npython other.py\nffmpeg -i $1\n", **OTHER}, "def f(): os.system('sh run.sh x')", "a b", "other.py p.py run.sh"),
    ("started itself", {"bin/tool": "#!/usr/bin/env bash\nfor f in *; do\n  git add \"$f\"\ndone\n"}, "def f(): subprocess.run(['./bin/tool'])", "", "bin/tool p.py"),
    ("python file started itself", {"tool.py": "#!/usr/bin/env python\nimport a"}, "def f(): subprocess.run(['./tool.py'])", "a", "p.py tool.py"),
    ("notebook", {"n.ipynb": "{}"}, "def f(): os.system('papermill n.ipynb out.ipynb')", "", "n.ipynb p.py"),
    ("script that starts another", {"one.py": "import subprocess\nsubprocess.run(['python', 'other.py'])", **OTHER}, "def f(): os.system('python one.py')", "a b", "one.py other.py p.py"),
    ("run_path", OTHER, "import runpy\ndef f(): runpy.run_path('other.py', run_name='__main__')", "a b", "other.py p.py"),
    ("run_module", OTHER, "import runpy\ndef f(): runpy.run_module('other', run_name='__main__')", "a b", "other.py p.py"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "source", "wanted", "paths"),
    [case[1:] for case in SCRIPTS],
    ids=[case[0] for case in SCRIPTS],
)
def test_scripts(facts, files: dict[str, str], source: str, wanted: str, paths: str) -> None:
    found = facts({**files, "p.py": RUN + source})
    assert sorted({one.module for one in found.imports}) == wanted.split()
    assert sorted(one.path for one in (*found.slices, *found.data)) == paths.split()
    assert found.warnings == ()


def test_a_script_goes_along_as_it_is_written(facts) -> None:
    text = "# first\nimport a  # kept\n\nif __name__ == '__main__':\n    a.x()\nelse:\n    pass\n"
    source = RUN + "from other import a\ndef f(): return subprocess.run(['python', 'other.py']), a"
    found = facts({"other.py": text, "p.py": source})
    (script,) = [one for one in found.slices if one.path == "other.py"]
    assert script.text == text
    assert script.whole == "p.py:4: `python other.py` runs it"


def test_the_programs_of_a_shell_script_are_told_with_their_lines(facts) -> None:
    script = "#!/bin/bash\n# makes a film\nlog() { echo $1; }\nlog start\nffmpeg -i $1 | sort\n"
    found = facts({"jobs/run.sh": script, "p.py": RUN + "def f(): os.system('bash jobs/run.sh')"})
    assert [(str(one.where), one.text) for one in found.commands] == [
        ("jobs/run.sh:3", "echo …"),
        ("jobs/run.sh:5", "ffmpeg -i …"),
        ("jobs/run.sh:5", "sort"),
        ("p.py:3", "bash"),
    ]


def test_the_reason_of_a_module_that_is_run_is_the_command(facts) -> None:
    found = facts(RUN + "def f(): os.system('python -m a.b x')")
    assert [(one.text, str(one.where)) for one in found.imports] == [("python -m a.b", "p.py:3")]
