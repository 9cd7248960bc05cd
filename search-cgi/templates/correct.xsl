<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<!-- A record to be corrected or keyed: each field beside its own cell. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="fields.xsl"/>

  <xsl:template name="what">
    <xsl:choose>
      <xsl:when test="@kind = 'household'"><xsl:value-of select="t:t('Head of the page')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="t:t('Row %1', @record)"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="title">
    <xsl:value-of select="t:t('Correct')"/>
    <xsl:text> · </xsl:text>
    <xsl:call-template name="what"/>
    <xsl:text> · </xsl:text>
    <xsl:value-of select="t:t('%1, page %2', @title, @number)"/>
  </xsl:template>

  <xsl:template name="content">
    <nav class="path" aria-label="{t:t('Place')}">
      <a href="/volumes"><xsl:value-of select="t:t('Volumes')"/></a>
      <a href="{@volume-href}"><xsl:value-of select="@title"/></a>
      <a href="{@page-href}"><xsl:value-of select="t:t('Page %1', @number)"/></a>
    </nav>
    <div class="page-head">
      <h1><xsl:value-of select="t:t('Correct')"/> · <xsl:call-template name="what"/></h1>
      <nav class="paging" aria-label="{t:t('Rows of the page')}">
        <xsl:choose>
          <xsl:when test="@previous"><a rel="prev" href="{@previous}">← <xsl:value-of select="t:t('Previous row')"/></a></xsl:when>
          <xsl:otherwise><span class="off" aria-hidden="true">← <xsl:value-of select="t:t('Previous row')"/></span></xsl:otherwise>
        </xsl:choose>
        <span><xsl:value-of select="t:t('%1 of %2', @record, @records)"/></span>
        <xsl:choose>
          <xsl:when test="@next"><a rel="next" href="{@next}"><xsl:value-of select="t:t('Next row')"/> →</a></xsl:when>
          <xsl:otherwise><span class="off" aria-hidden="true"><xsl:value-of select="t:t('Next row')"/> →</span></xsl:otherwise>
        </xsl:choose>
      </nav>
    </div>
    <xsl:call-template name="done"/>
    <xsl:if test="row/@image">
      <div class="row-strip" tabindex="0" role="region" aria-label="{t:t('The row on the scan')}">
        <img src="{row/@image}" width="{row/@width}" height="{row/@height}" alt="{t:t('The row on the scan')}"/>
      </div>
    </xsl:if>
    <p class="hint" id="how"><xsl:value-of select="t:t('What you change is entered as you type it, just as it stands on the paper. What you only tick is entered as it stands here; an empty field that is ticked says that nothing is written there.')"/></p>
    <form class="keying" method="post" action="{@action}">
      <input type="hidden" name="csrf" value="{reader/@csrf}"/>
      <xsl:apply-templates select="field"/>
      <p class="buttons">
        <xsl:if test="@next"><button type="submit" name="onward" value="yes"><xsl:value-of select="t:t('Enter, and to the next row')"/></button><xsl:text> </xsl:text></xsl:if>
        <button type="submit">
          <xsl:if test="@next"><xsl:attribute name="class"><xsl:value-of select="'plain'"/></xsl:attribute></xsl:if>
          <xsl:value-of select="t:t('Enter')"/>
        </button>
      </p>
    </form>
  </xsl:template>

  <xsl:template name="done">
    <xsl:choose>
      <xsl:when test="@problem = 'conflict'"><p class="notice wrong" role="alert"><xsl:value-of select="t:t('Nothing was entered: somebody else has entered something in the same field meanwhile. It stands below; look at the scan and enter again.')"/></p></xsl:when>
      <xsl:when test="@problem = 'busy'"><p class="notice wrong" role="alert"><xsl:value-of select="t:t('Nothing was entered: the volume is being written to at the moment. What you typed stands below; enter it again.')"/></p></xsl:when>
      <xsl:when test="@problem = 'text'"><p class="notice wrong" role="alert"><xsl:value-of select="t:t('Nothing was entered: a field holds one line of text of up to 4,000 bytes.')"/></p></xsl:when>
      <xsl:when test="@entered = '0'"><p class="notice" role="status"><xsl:value-of select="t:t('Row %1: nothing was changed.', @of)"/></p></xsl:when>
      <xsl:when test="@entered != '' and number(@entered) = @entered"><p class="notice" role="status"><xsl:value-of select="t:t('Row %1 is entered, and found by it from now on.', @of)"/></p></xsl:when>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="field">
    <div class="keyed">
      <xsl:if test="@doubtful"><xsl:attribute name="class"><xsl:value-of select="'keyed doubtful'"/></xsl:attribute></xsl:if>
      <label for="f{@number}"><xsl:call-template name="field-name"/></label>
      <div class="cell">
        <xsl:choose>
          <xsl:when test="@image"><img src="{@image}" width="{@width}" height="{@height}" alt="{t:t('Its cell on the scan')}" loading="lazy"/></xsl:when>
          <xsl:otherwise><span class="hint"><xsl:value-of select="t:t('where it stands is not known')"/></span></xsl:otherwise>
        </xsl:choose>
      </div>
      <div class="entry">
        <input id="f{@number}" name="text.{@key}" type="text" lang="bg" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="h{@number}">
          <xsl:attribute name="value"><xsl:choose>
            <xsl:when test="@typed"><xsl:value-of select="@typed"/></xsl:when>
            <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
          </xsl:choose></xsl:attribute>
          <!-- Who goes from row to row begins where there is something to do. -->
          <xsl:if test="/page/@entered != '' and @doubtful and not(preceding-sibling::field[@doubtful])"><xsl:attribute name="autofocus"><xsl:value-of select="'autofocus'"/></xsl:attribute></xsl:if>
          <xsl:if test="@type = 'egn' or @type = 'number'"><xsl:attribute name="inputmode"><xsl:value-of select="'numeric'"/></xsl:attribute></xsl:if>
        </input>
        <input type="hidden" name="was.{@key}" value="{.}"/>
        <p class="hint" id="h{@number}"><xsl:call-template name="state"/></p>
        <xsl:if test="@conflict"><p class="wrong"><xsl:value-of select="t:t('Somebody else has entered: %1', string(.))"/></p></xsl:if>
        <xsl:if test="not(@entered) or @review">
          <label class="tick">
            <input type="checkbox" name="checked.{@key}" value="yes">
              <xsl:if test="@checked"><xsl:attribute name="checked"><xsl:value-of select="'checked'"/></xsl:attribute></xsl:if>
            </input>
            <span><xsl:value-of select="t:t('compared with the scan')"/><span class="visually-hidden">: <xsl:call-template name="field-name"/></span></span>
          </label>
        </xsl:if>
      </div>
    </div>
  </xsl:template>

  <!-- Where the text is from. -->
  <xsl:template name="state">
    <xsl:choose>
      <xsl:when test="@review"><xsl:value-of select="t:t('entered on an earlier scan of the page; to be looked at again')"/></xsl:when>
      <xsl:when test="@entered"><xsl:value-of select="t:t('entered by a person')"/></xsl:when>
      <xsl:when test="@origin = 'unread'"><xsl:value-of select="t:t('unread: something is written there')"/></xsl:when>
      <xsl:when test=". = ''"><xsl:value-of select="t:t('nothing was found there')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="t:t('read by machine, sure by %1 of 100', @confidence)"/></xsl:otherwise>
    </xsl:choose>
    <xsl:if test="@invalid">
      <xsl:text>; </xsl:text>
      <xsl:choose>
        <xsl:when test="@type = 'egn'"><xsl:value-of select="t:t('no valid personal number as it stands')"/></xsl:when>
        <xsl:when test="@type = 'date'"><xsl:value-of select="t:t('no date as it stands')"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="t:t('not what stands in such a field as a rule')"/></xsl:otherwise>
      </xsl:choose>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>
